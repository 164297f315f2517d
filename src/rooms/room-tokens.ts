import type { Identity } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { banned, putOutSince } from '../domain/refusals.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { createSlices } from '../lib/slices.ts';
import type { Store } from '../store/contract.ts';
import type { RecentRooms } from './recent-rooms.ts';

const SWEEP_MS = 60_000;
/** Max marks that one slice of a sweep looks at. */
const MARKS_PER_SLICE = 500;

/** Which tokens for one room a kick or a ban has made worthless there [TK4]. */
export interface RoomTokens {
  /** The user is put out of the room: its tokens for it that were issued by now are worthless there. Durable. */
  mark(roomId: RoomId, userId: UserId): Promise<void>;
  /** Asks the store only about tokens with a `room` claim. */
  isWorthless(identity: Pick<Identity, 'userId' | 'room'>): Awaitable<boolean>;
  /** @throws ParleyError if the token is worthless in its room: `banned` if its user is banned there, else `forbidden` */
  check(identity: Identity): Awaitable<void>;
  close(): void;
}

interface RoomTokensDeps {
  readonly store: Store['roomTokenMarks'];
  readonly bans: Pick<Store['bans'], 'has'>;
  readonly recent: Pick<RecentRooms, 'forget'>;
  readonly clock: Clock;
}

export function createRoomTokens({ store, bans, recent, clock }: RoomTokensDeps): RoomTokens {
  const sweeping = createSlices({
    clock,
    everyMs: SWEEP_MS,
    slice: () => store.sweep(clock.now(), MARKS_PER_SLICE),
  });

  function isWorthless({ userId, room }: Pick<Identity, 'userId' | 'room'>): Awaitable<boolean> {
    if (room === null) return false;
    const { id, issuedAt } = room;
    return andThen(store.find(id, userId), (markedAt) => {
      if (markedAt === undefined) return false;
      // A token says only the second in which it was issued.
      return issuedAt === null || Math.floor(issuedAt) <= Math.floor(markedAt / 1_000);
    });
  }

  return {
    isWorthless,
    async mark(roomId, userId) {
      await store.mark(roomId, userId, clock.now());
      // So that no earlier admission holds.
      recent.forget(roomId);
    },
    check(identity) {
      if (identity.room === null) return;
      const { id } = identity.room;
      return andThen(isWorthless(identity), (isIt) => {
        if (!isIt) return;
        return andThen(bans.has(id, identity.userId), (isBanned) => {
          throw isBanned ? banned() : putOutSince();
        });
      });
    },
    close: sweeping.close,
  };
}
