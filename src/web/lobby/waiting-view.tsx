import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Room } from '../../client/index.ts';
import { clockText } from '../call/call-clock.ts';
import { DeviceSelects } from '../components/device-selects.tsx';
import { Logo } from '../components/logo.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { useViewHeading } from '../use-view-heading.ts';
import { Preview } from './preview.tsx';
import { TroubleNotice } from './trouble-notice.tsx';
import type { Wait } from './wait.ts';

/** Seconds after which the page says what to do if nobody answers. */
export const HINT_AFTER_SECONDS = 90;

interface WaitingViewProps {
  readonly room: Room;
  readonly wait: Wait;
  readonly devices: DeviceManager;
  readonly name: string;
  /** URL of the person's picture; null for none. */
  readonly picture: string | null;
}

/** The screen of one who waits to be let in. The preview stays on. */
export function WaitingView({ room, wait, devices, name, picture }: WaitingViewProps) {
  const t = useMessages();
  const words = t.rooms.waiting;
  const heading = useViewHeading<HTMLHeadingElement>(t.call.title(words.title));
  const seconds = useSeconds(wait.since);
  return (
    <div class="lobby">
      <header class="bar">
        <Logo />
      </header>
      <main>
        <Preview devices={devices} name={name} picture={picture} />
        <section class="side waiting" aria-labelledby="waiting-title">
          <div class="intro">
            {room.name !== null && <p class="soft">{room.name}</p>}
            <h1 id="waiting-title" ref={heading} tabIndex={-1}>
              {words.headline}
            </h1>
            <p class="soft">{words.text}</p>
          </div>
          <p class="waited" translate={false}>
            {words.lasted}{' '}
            <span role="timer" aria-live="off">
              {clockText(seconds)}
            </span>
          </p>
          <p class="state" role="status">
            {wait.reconnecting.value ? words.reconnecting : seconds >= HINT_AFTER_SECONDS ? words.nobody : ''}
          </p>
          <TroubleNotice devices={devices} />
          <button
            type="button"
            class="button large quiet"
            aria-disabled={wait.left.value}
            onClick={() => {
              if (!wait.left.value) wait.leave();
            }}
          >
            {words.leave}
          </button>
          <DeviceSelects devices={devices} />
        </section>
      </main>
    </div>
  );
}

/** Returns the whole seconds since a time, kept up to date. */
function useSeconds(since: number): number {
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now.value - since) / 1_000));
}
