import type { RoomId } from '../domain/ids.ts';
import { type Awaitable, allDone, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSlices } from '../lib/slices.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store } from '../store/contract.ts';
import type { RecentRooms } from './recent-rooms.ts';
import type { Removals } from './removals.ts';

/** Lifetime (ms) of a room that no peer ever entered [RM5]. */
export const UNUSED_ROOM_MS = 86_400_000;

const SWEEP_MS = 5_000;
/** Max rooms that one slice of a sweep removes, with up to `BANS_PER_ROOM` bans each. */
export const ROOMS_PER_SLICE = 100;
/**
 * How long a room stays after a restart, in milliseconds. Nobody stored who was inside when the process died, and they
 * need time to come back.
 */
const RETURN_MS = { least: 60_000, most: 3_600_000 } as const;

interface UnusedRoomsDeps {
  readonly store: Pick<
    Store['rooms'],
    'spareAll' | 'due' | 'nextDue' | 'setVanishing' | 'setEmptied' | 'wasEntered'
  >;
  readonly recent: Pick<RecentRooms, 'find'>;
  readonly removals: Pick<Removals, 'run'>;
  /** Asked who is inside when a room's time is up: storing each join and leave would make joins slower. */
  readonly liveRooms: Pick<Hub['liveRooms'], 'countIn' | 'isOccupied'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Removes rooms in which nobody is any more [RM5]. */
export interface UnusedRooms {
  /** Call it when a room may fall due at this time: milliseconds since 1970. */
  expect(at: number): void;
  /** Call it when the last peer has left. */
  emptied(roomId: RoomId): Promise<void>;
  /** Call it when somebody who was expected is so no longer. */
  expectsOneLess(roomId: RoomId): Promise<void>;
  close(): void;
}

export function createUnusedRooms({
  store,
  recent,
  removals,
  liveRooms,
  clock,
  log,
}: UnusedRoomsDeps): UnusedRooms {
  const spared = store.spareAll({ now: clock.now(), ...RETURN_MS });
  const sweeping = createSlices({
    clock,
    everyMs: SWEEP_MS,
    slice: sweep,
    nextAfter: (moment) => store.nextDue(moment),
  });

  /** A room in which somebody is only expected goes after a day, as one that nobody ever entered. */
  const isOccupied = (roomId: RoomId): boolean => liveRooms.isOccupied(roomId);

  /** Returns whether there may be more to sweep. */
  function sweep(): Awaitable<boolean> {
    return andThen(spared, () => andThen(store.due(clock.now(), ROOMS_PER_SLICE), removeUnused));
  }

  function removeUnused(due: readonly RoomId[]): Awaitable<boolean> {
    const mayBeMore = due.length === ROOMS_PER_SLICE;
    const unused = due.filter((id) => !isOccupied(id));
    const postponed = due
      .filter(isOccupied)
      .map((id) => store.setVanishing(id, clock.now() + UNUSED_ROOM_MS));
    const removal = unused.length > 0 ? removals.run(unused) : undefined;
    return andThen(allDone([...postponed, removal]), () => {
      if (unused.length > 0) log.debug('removed rooms that nobody used', { rooms: unused.length });
      return mayBeMore;
    });
  }

  async function emptied(roomId: RoomId): Promise<void> {
    const emptiedAt = clock.now();
    const record = (await recent.find(roomId))?.record;
    if (record === undefined) return;
    const expectsSomebody = liveRooms.countIn(roomId) > 0;
    if (record.persistent || record.emptySeconds > 0 || expectsSomebody) {
      sweeping.expect(emptiedAt + 1_000 * record.emptySeconds);
      await store.setEmptied(roomId, emptiedAt);
    } else await removals.run([roomId]);
    if (expectsSomebody) await store.setVanishing(roomId, emptiedAt + UNUSED_ROOM_MS);
  }

  return {
    expect: sweeping.expect,
    emptied,
    async expectsOneLess(roomId) {
      if (liveRooms.countIn(roomId) > 0 || !(await store.wasEntered(roomId))) return;
      if (liveRooms.countIn(roomId) === 0) await emptied(roomId);
    },
    close: sweeping.close,
  };
}
