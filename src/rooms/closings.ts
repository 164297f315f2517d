import { roomIsOver } from '../domain/refusals.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { createSlices } from '../lib/slices.ts';
import type { Hub } from '../signaling/hub.ts';
import type { ExpiryPlace, Store } from '../store/contract.ts';
import type { RoomRecord } from './recent-rooms.ts';

/** Milliseconds between two looks at the clock, which may have been set. Between them, rooms close on time. */
const CHECK_MS = 500;
/** Max rooms that one slice closes. */
const ROOMS_PER_SLICE = 100;

const NOTHING_CLOSED: ExpiryPlace = { expiresAt: Number.MIN_SAFE_INTEGER, id: '' };

interface ClosingsDeps {
  readonly lists: Pick<Store['roomLists'], 'closed'>;
  readonly knocks: Pick<Hub['knocks'], 'endAll'>;
  readonly clock: Clock;
}

export interface Closings {
  /** Call it when a room's settings have changed: nobody waits for a room that takes nobody new. */
  check(room: Pick<RoomRecord, 'id' | 'expiresAt' | 'endAtExpiry'>): void;
  close(): void;
}

/** Ends the knocks at rooms without `endAtExpiry` when `expiresAt` has passed [KN5]. Those inside stay. */
export function createClosings({ lists, knocks, clock }: ClosingsDeps): Closings {
  /** All up to here have closed. A new process begins with the first room: knocks may have been restored. */
  let last = NOTHING_CLOSED;

  function slice(): Awaitable<boolean> {
    const now = clock.now();
    // The clock was set back: rooms that had closed are open again.
    if (last.expiresAt > now) last = { expiresAt: now, id: '' };
    return andThen(lists.closed(last, now, ROOMS_PER_SLICE), (closed) => {
      last = closed.at(-1) ?? last;
      for (const { id, expiresAt } of closed)
        if (id !== '') knocks.endAll(id, roomIsOver(isoTime(expiresAt)));
      return closed.length === ROOMS_PER_SLICE;
    });
  }

  const nextAfter = (moment: number): Awaitable<number | null> =>
    andThen(
      lists.closed({ expiresAt: moment + 1, id: '' }, moment + CHECK_MS, 1),
      ([next]) => next?.expiresAt ?? null,
    );

  const slices = createSlices({ clock, everyMs: CHECK_MS, slice, nextAfter });
  return {
    check({ id, expiresAt, endAtExpiry }) {
      if (endAtExpiry || expiresAt === null) return;
      const closesAt = Date.parse(expiresAt);
      if (closesAt > clock.now()) slices.expect(closesAt);
      else knocks.endAll(id, roomIsOver(expiresAt));
    },
    close: slices.close,
  };
}
