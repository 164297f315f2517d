import { useState } from 'preact/hooks';
import type { CreatedRoom, Room } from '../../client/index.ts';
import { hasShareSheet, type ShareOutcome, shareLink } from '../call/share-link.ts';
import { Icon } from '../components/icon.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import type { RoomAccess } from '../room-access.ts';
import { mayStartCalls } from '../server-settings.ts';
import { useSingleFlight } from '../single-flight.ts';
import type { Phase } from '../visit-phase.ts';
import { MessagePage } from './message-page.tsx';

interface EndedViewProps {
  readonly room: Room;
  readonly reason: Extract<Phase, { at: 'ended' }>['reason'];
  /** Null if there is none to send. */
  readonly link: string | null;
  readonly login: RoomAccess;
  readonly onRejoin: () => void;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
  /** Undefined if no view leads home. */
  readonly onHome: (() => void) | undefined;
}

type Reason = EndedViewProps['reason'];

/** Reasons after which the server lets the person join again. */
const CAN_REJOIN: ReadonlySet<Reason> = new Set(['left', 'connection_lost', 'replaced', 'kicked']);

export function EndedView({ room, reason, link, login, onRejoin, onCreated, onHome }: EndedViewProps) {
  const t = useMessages();
  const page = usePage();
  const canStart =
    !page.onlyCall && mayStartCalls(page.settings, page.login.user.value, page.login.site.value);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [outcome, setOutcome] = useState<ShareOutcome>(null);
  const shareCallLink = useSingleFlight(async () => {
    // Cleared first, because screen readers don't announce unchanged text.
    setOutcome(null);
    if (link !== null) setOutcome(await shareLink(link, room.name ?? t.call.untitled));
  });
  const { title, text } = t.ended[reason];
  // A person who was removed can come back, but the page doesn't suggest it.
  const suggestsReturn = CAN_REJOIN.has(reason) && reason !== 'kicked';
  return (
    <MessagePage
      title={title}
      text={reason !== 'left' ? text : page.onlyCall ? t.ended.leftInFrame : wayBackText(room, t)}
      onHome={onHome}
    >
      <div class="choices">
        {CAN_REJOIN.has(reason) && (
          <button
            type="button"
            class={suggestsReturn ? 'button large' : 'button large quiet'}
            onClick={onRejoin}
          >
            {t.ended.rejoin}
          </button>
        )}
        {suggestsReturn && link !== null && (
          <button type="button" class="button large quiet" onClick={() => void shareCallLink()}>
            <Icon name={outcome === 'copied' ? 'check' : 'link'} />
            {hasShareSheet() ? t.call.shareLink : t.call.copyLink}
          </button>
        )}
        {canStart && <StartNew {...{ login, onCreated }} onFailure={setFailure} quiet={suggestsReturn} />}
        {onHome !== undefined && (
          <button
            type="button"
            class={suggestsReturn || canStart ? 'button large quiet' : 'button large'}
            onClick={onHome}
          >
            {t.ended.home}
          </button>
        )}
      </div>
      <p class="outcome" role="status">
        {outcome !== null && t.call[outcome]}
      </p>
      {failure !== null && <FailureNotice failure={failure} />}
    </MessagePage>
  );
}

interface StartNewProps extends Pick<EndedViewProps, 'login' | 'onCreated'> {
  readonly onFailure: (failure: Failure | null) => void;
  readonly quiet: boolean;
}

/** Creates a call with default settings and opens its lobby. */
function StartNew({ login, onCreated, onFailure, quiet }: StartNewProps) {
  const t = useMessages();
  const [busy, setBusy] = useState(false);
  const start = useSingleFlight(async () => {
    setBusy(true);
    onFailure(null);
    try {
      onCreated(await login.createRoom({}), '');
    } catch (error) {
      onFailure(failureOf(error));
      setBusy(false);
    }
  });
  return (
    <button
      type="button"
      class={quiet ? 'button large quiet' : 'button large'}
      aria-disabled={busy}
      onClick={() => void start()}
    >
      {busy && <span class="spinner" />}
      {busy ? t.home.starting : t.ended.startNew}
    </button>
  );
}

/** Says how long the link will work [RM5]. */
export function wayBackText(
  { persistent, emptySeconds }: Pick<Room, 'persistent' | 'emptySeconds'>,
  t: Messages,
): string {
  if (persistent) return t.ended.lasts;
  return emptySeconds > 0 ? t.ended.stays(durationText(emptySeconds, t)) : t.ended.left.text;
}

/**
 * Rounds down, so that it never promises too much. Uses the largest unit of which there are at least two, or exactly
 * one.
 */
function durationText(seconds: number, t: Messages): string {
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
