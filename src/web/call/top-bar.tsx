import type { RefObject } from 'preact';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';

interface TopBarProps {
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly name: string;
  readonly call: CallModel;
}

/** Which call this is, how many are in it, and what is the matter with it. */
export function TopBar({ heading, name, call }: TopBarProps) {
  const t = useMessages();
  return (
    <header class="top">
      <h1 ref={heading} tabIndex={-1}>
        {name}
      </h1>
      <p class="count">{t.call.inCall(call.others.value.length + 1)}</p>
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
