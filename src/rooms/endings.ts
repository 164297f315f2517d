import type { RoomId } from '../domain/ids.ts';
import { roomIsOver } from '../domain/refusals.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { createSlices } from '../lib/slices.ts';
import type { Hub } from '../signaling/hub.ts';
import type { ExpiryPlace, Store } from '../store/contract.ts';
import { createEndingNotices } from './ending-notices.ts';
import type { Moderation } from './moderation.ts';
import type { RoomRecord } from './recent-rooms.ts';

/** Milliseconds between two looks at the clock, which may have been set. Between them, rooms end on time. */
const CHECK_MS = 500;
/** Max rooms that one slice ends. */
const ROOMS_PER_SLICE = 100;

const NOTHING_ENDED: ExpiryPlace = { expiresAt: Number.MIN_SAFE_INTEGER, id: '' };

interface EndingsDeps {
  readonly lists: Pick<Store['roomLists'], 'ended'>;
  readonly moderation: Pick<Moderation, 'evacuate'>;
  readonly knocks: Pick<Hub['knocks'], 'endAll'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf'>;
  readonly clock: Clock;
}

export interface Endings {
  /** Ends a room whose end has been moved, if its time is up; if it will be soon, those inside are told at once [CT6]. */
  check(room: Pick<RoomRecord, 'id' | 'expiresAt' | 'endAtExpiry'>): Awaitable<void>;
  /** @param savedAt until when the process before has told those inside, in milliseconds since 1970 */
  restore(savedAt: number): void;
  /** Tells those inside what is due, and no more after that. Call it before sessions are saved. */
  settle(): Awaitable<void>;
  close(): void;
}

/** Puts everybody out, and ends the knocks, of rooms with `endAtExpiry` when their time is up. The rooms stay, as any that was left. */
export function createEndings(deps: EndingsDeps): Endings {
  const { lists, moderation, knocks, clock } = deps;
  const notices = createEndingNotices(deps);
  /** All up to here have been ended. A new process begins with the first room: its sessions may have been restored. */
  let last = NOTHING_ENDED;

  function end(rooms: readonly { readonly id: RoomId; readonly expiresAt: number }[]): Promise<void> {
    for (const { id, expiresAt } of rooms) knocks.endAll(id, roomIsOver(isoTime(expiresAt)));
    return moderation.evacuate(rooms.map(({ id }) => id));
  }

  function slice(): Awaitable<boolean> {
    const now = clock.now();
    // The clock was set back: rooms that were over are open again.
    if (last.expiresAt > now) last = { expiresAt: now, id: '' };
    return andThen(lists.ended(last, now, ROOMS_PER_SLICE), async (ended) => {
      last = ended.at(-1) ?? last;
      await end(ended.flatMap(({ id, expiresAt }) => (id === '' ? [] : [{ id, expiresAt }])));
      return ended.length === ROOMS_PER_SLICE;
    });
  }

  const nextAfter = (moment: number): Awaitable<number | null> =>
    andThen(
      lists.ended({ expiresAt: moment + 1, id: '' }, moment + CHECK_MS, 1),
      ([next]) => next?.expiresAt ?? null,
    );

  const slices = createSlices({ clock, everyMs: CHECK_MS, slice, nextAfter });
  return {
    check({ id, expiresAt, endAtExpiry }) {
      if (!endAtExpiry || expiresAt === null) return;
      const endsAt = Date.parse(expiresAt);
      notices.check({ id, expiresAt, endAtExpiry });
      if (endsAt > clock.now()) return slices.expect(endsAt);
      return end([{ id, expiresAt: endsAt }]);
    },
    restore: notices.restore,
    settle: notices.settle,
    close() {
      slices.close();
      notices.close();
    },
  };
}
