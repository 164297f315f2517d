import { useEffect, useState } from 'preact/hooks';
import { type Page, type PastCall, type Room, rooms as server } from '../../client/index.ts';
import { clockText } from '../call/call-clock.ts';
import { Dialog } from '../components/dialog.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { isolate } from '../i18n/isolate.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { useSingleFlight } from '../single-flight.ts';

interface PastCallsProps {
  readonly room: Room;
  readonly onClose: () => void;
}

/** The calls of the last 90 days in a room, the newest first. */
export function PastCalls({ room, onClose }: PastCallsProps) {
  const t = useMessages();
  const words = t.rooms.pastCalls;
  const { login } = usePage();
  const [page, setPage] = useState<Page<PastCall> | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = useSingleFlight(async () => {
    setFailure(null);
    try {
      const after = page?.nextCursor ?? undefined;
      const next = await login.as((account) => server.calls(account, room.id, { limit: 20, after }));
      setPage({ items: [...(page?.items ?? []), ...next.items], nextCursor: next.nextCursor });
    } catch (error) {
      setFailure(failureOf(error));
    }
  });
  useEffect(() => void load(), []);
  return (
    <Dialog title={t.rooms.mine.pastOf(isolate(room.name ?? t.rooms.mine.untitled))} onClose={onClose}>
      {page === null && failure === null && (
        <p class="loading" role="status">
          <span class="spinner" />
          {words.loading}
        </p>
      )}
      {page?.items.length === 0 && <p class="soft">{words.none}</p>}
      {page !== null && page.items.length > 0 && (
        <ul class="past-calls">
          {page.items.map((call) => (
            <CallItem key={call.id} call={call} />
          ))}
        </ul>
      )}
      {failure !== null && <FailureNotice failure={failure} />}
      {(failure !== null || page?.nextCursor) && (
        <button type="button" class="button quiet" onClick={() => void load()}>
          {failure === null ? t.rooms.mine.more : t.lobby.tryAgain}
        </button>
      )}
    </Dialog>
  );
}

function CallItem({ call }: { readonly call: PastCall }) {
  const t = useMessages();
  const words = t.rooms.pastCalls;
  const seconds = (Date.parse(call.endedAt) - Date.parse(call.startedAt)) / 1_000;
  const when = new Date(call.startedAt).toLocaleString(t.lang, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <li>
      <h3>
        <time dateTime={call.startedAt}>{when}</time>
      </h3>
      <p class="soft">{[words.lasted(clockText(Math.round(seconds))), words.peak(call.peak)].join(' · ')}</p>
      <ul>
        {call.participants.map((person, index) => (
          // A deleted account has no id.
          <li key={person.userId ?? `deleted-${index}`}>
            <span>{person.userId === null ? words.deleted : (person.displayName ?? t.guest)}</span>
            <span class="soft">{clockText(Math.round(person.seconds))}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}
