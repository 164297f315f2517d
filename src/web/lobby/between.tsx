import type { ComponentChildren } from 'preact';
import type { Room } from '../../client/index.ts';
import { wordsFor } from '../components/failure-notice.tsx';
import { Logo } from '../components/logo.tsx';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { Phase } from '../room-model.ts';
import type { Failure } from '../session.ts';
import { useArrival } from '../use-arrival.ts';

interface BetweenProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
  readonly onHome?: () => void;
}

/** A page with one thing to say, before or after a call. */
function Between({ title, text, children, onHome }: BetweenProps) {
  const heading = useArrival<HTMLHeadingElement>(title);
  return (
    <div class="between">
      <header class="bar">
        <Logo onClick={onHome} />
      </header>
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p>{text}</p>
        <div class="choices">{children}</div>
      </main>
    </div>
  );
}

export function LookingView() {
  const t = useMessages();
  return (
    <div class="between">
      <header class="bar">
        <Logo />
      </header>
      <main aria-busy="true">
        <h1 class="visually-hidden">{t.product}</h1>
        <p class="looking" role="status">
          <span class="spinner" />
          {t.lobby.looking}
        </p>
      </main>
    </div>
  );
}

interface UnfoundViewProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onHome: () => void;
}

export function UnfoundView({ failure, onRetry, onHome }: UnfoundViewProps) {
  const t = useMessages();
  return (
    <Between {...wordsFor(failure, t)} onHome={onHome}>
      <button type="button" class="button large" onClick={onRetry}>
        {t.lobby.tryAgain}
      </button>
      <button type="button" class="button large quiet" onClick={onHome}>
        {t.lobby.home}
      </button>
    </Between>
  );
}

interface EndedViewProps {
  readonly room: Room;
  readonly reason: Extract<Phase, { at: 'ended' }>['reason'];
  readonly onRejoin: () => void;
  readonly onHome: () => void;
}

/** From these ends there is a way back. */
const RETURNABLE: ReadonlySet<string> = new Set(['left', 'connection_lost', 'replaced', 'kicked']);

export function EndedView({ room, reason, onRejoin, onHome }: EndedViewProps) {
  const t = useMessages();
  const { title, text } = t.ended[reason];
  // Whoever was removed may come back if it was a mistake, and isn't invited to.
  const invited = RETURNABLE.has(reason) && reason !== 'kicked';
  return (
    <Between title={title} text={reason === 'left' ? wayBackWords(room, t) : text} onHome={onHome}>
      {RETURNABLE.has(reason) && (
        <button type="button" class={invited ? 'button large' : 'button large quiet'} onClick={onRejoin}>
          {t.ended.rejoin}
        </button>
      )}
      <button type="button" class={invited ? 'button large quiet' : 'button large'} onClick={onHome}>
        {t.ended.home}
      </button>
    </Between>
  );
}

/** How long the link goes on to work: [RM5]. */
export function wayBackWords(
  { persistent, emptySeconds }: Pick<Room, 'persistent' | 'emptySeconds'>,
  t: Messages,
): string {
  if (persistent) return t.ended.lasts;
  return emptySeconds > 0 ? t.ended.stays(durationWords(emptySeconds, t)) : t.ended.left.text;
}

/** Rounded down to the largest unit of which there are at least two, or one and nothing else: no promise too much. */
function durationWords(seconds: number, t: Messages): string {
  const units = [
    [86_400, t.days],
    [3_600, t.hours],
    [60, t.minutes],
  ] as const;
  for (const [length, words] of units) {
    if (seconds >= 2 * length || seconds === length) return words(Math.floor(seconds / length));
  }
  return t.seconds(Math.floor(seconds));
}
