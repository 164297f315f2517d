import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useMessages } from '../i18n/messages.ts';
import { clockText } from './call-clock.ts';
import type { CallModel } from './call-model.ts';

interface TopBarProps {
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly name: string;
  readonly call: CallModel;
}

/** The call's name, the number of people, the time, and a banner while the connection is lost. */
export function TopBar({ heading, name, call }: TopBarProps) {
  const t = useMessages();
  return (
    <header class="top">
      <h1 ref={heading} tabIndex={-1}>
        {name}
      </h1>
      <p class="count">{t.call.inCall(call.others.value.length + 1)}</p>
      <Clock seconds={call.seconds} />
      <div class="banner" role="status">
        {call.reconnecting.value && (
          <p class="pill warn">
            <span class="spinner" />
            {t.call.reconnecting}
          </p>
        )}
      </div>
    </header>
  );
}

/** A component of its own, so that only the digits are rendered each second. A timer role is read on request only. */
function Clock({ seconds }: { seconds: ReadonlySignal<number> }) {
  const t = useMessages();
  return (
    <p class="clock" translate={false}>
      <span class="visually-hidden">{t.call.lasted}</span>
      <span role="timer" aria-live="off">
        {clockText(seconds.value)}
      </span>
    </p>
  );
}
