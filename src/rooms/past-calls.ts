import * as v from 'valibot';
import type { RoomId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { isoTime } from '../lib/iso-time.ts';
import { createSlices } from '../lib/slices.ts';
import type { CallsQuery, CallsReply, PastCall } from '../protocol/room-bodies.ts';
import type { CallPlace, CallStore, PastCallRow } from '../store/contract.ts';
import { PEOPLE_PER_CALL } from './ongoing-call.ts';

/** Milliseconds that a past call is kept. */
export const PAST_CALL_MS = 90 * 86_400_000;
const SWEEP_MS = 60_000;
/** Max people of all calls of a page together, which ends sooner then; more than one call has. */
export const PEOPLE_PER_PAGE = 2 * PEOPLE_PER_CALL;
/** Max calls, of up to `PEOPLE_PER_CALL` people each, that one slice of a sweep removes. */
const CALLS_PER_SLICE = 50;

/** The calls of a room that are over. */
export interface PastCalls {
  /** A page of the room's, the newest first [HT4]. @throws ParleyError `validation_failed` for a cursor of another list */
  list(roomId: RoomId, query: CallsQuery): Promise<v.InferOutput<typeof CallsReply>>;
  close(): void;
}

interface PastCallsDeps {
  readonly store: Pick<CallStore, 'page' | 'removeEnded'>;
  readonly clock: Clock;
}

const Place = v.strictTuple([v.literal('call'), v.pipe(v.number(), v.safeInteger()), v.string()]);

export function createPastCalls({ store, clock }: PastCallsDeps): PastCalls {
  const sweeping = createSlices({
    clock,
    everyMs: SWEEP_MS,
    slice: async () =>
      (await store.removeEnded(clock.now() - PAST_CALL_MS, CALLS_PER_SLICE)) === CALLS_PER_SLICE,
  });
  return {
    async list(roomId, { limit, after }) {
      const found = await store.page(roomId, {
        after: after === undefined ? null : placeOf(after),
        limit: limit + 1,
        people: PEOPLE_PER_PAGE,
        endedAfter: clock.now() - PAST_CALL_MS,
      });
      const page = fitting(found.slice(0, limit));
      const last = found.length > page.length ? page.at(-1) : undefined;
      return { items: page.map(describe), nextCursor: last === undefined ? null : cursorOf(last) };
    },
    close: sweeping.close,
  };
}

/** Returns the first calls, as long as they have at most `PEOPLE_PER_PAGE` people together. */
function fitting(calls: readonly PastCallRow[]): readonly PastCallRow[] {
  let count = 0;
  const beyond = calls.findIndex(({ people }) => {
    count += people.length;
    return count > PEOPLE_PER_PAGE;
  });
  return beyond === -1 ? calls : calls.slice(0, beyond);
}

/** Whoever was in it the longest comes first. */
function describe({ id, startedAt, endedAt, peak, people }: PastCallRow): PastCall {
  return {
    id,
    startedAt: isoTime(startedAt),
    endedAt: isoTime(endedAt),
    peak,
    participants: people
      .map(({ userId, displayName, insideMs }) => ({
        userId,
        displayName,
        seconds: Math.round(insideMs / 1_000),
      }))
      .sort((one, other) => other.seconds - one.seconds),
  };
}

function cursorOf({ startedAt, id }: CallPlace): string {
  return writeCursor(['call', startedAt, id]);
}

/** @throws ParleyError `validation_failed` */
function placeOf(cursor: string): CallPlace {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  const [, startedAt, id] = place;
  return { startedAt, id };
}
