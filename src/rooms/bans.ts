import { ParleyError } from '../domain/errors.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { banned } from '../domain/refusals.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { Ban } from '../protocol/host-bodies.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store } from '../store/contract.ts';
import type { RecentRooms } from './recent-rooms.ts';

/** Max users banned from one room [RM6]. */
export const BANS_PER_ROOM = 1_000;

/** Who may not enter which room [RM6]. */
export interface Bans {
  /**
   * Bans the user, whatever the login, takes its host right, and ends its wait to be let in [KN5].
   * @param confirm called after the last wait before the ban is stored; it throws if the ban isn't allowed any more
   * @throws ParleyError `limit_reached` if `BANS_PER_ROOM` are banned already
   */
  add(roomId: RoomId, userId: UserId, confirm?: () => void): Promise<void>;
  has(roomId: RoomId, userId: UserId): Awaitable<boolean>;
  /** Oldest first. */
  list(roomId: RoomId): Promise<Ban[]>;
  /** @throws ParleyError `not_found` */
  lift(roomId: RoomId, userId: string): Promise<void>;
}

interface BansDeps {
  readonly recent: Pick<RecentRooms, 'forget'>;
  readonly store: Store['bans'];
  readonly knocks: Pick<Hub['knocks'], 'endAll'>;
  readonly clock: Clock;
}

export function createBans({ recent, store, knocks, clock }: BansDeps): Bans {
  return {
    async add(roomId, userId, confirm) {
      if ((await store.countIn(roomId)) >= BANS_PER_ROOM && !(await store.has(roomId, userId))) {
        throw new ParleyError(
          'limit_reached',
          `${BANS_PER_ROOM} users are banned from this room. Lock it, or create another.`,
          { limit: 'room_bans' },
        );
      }
      confirm?.();
      await store.insert(roomId, userId, clock.now());
      recent.forget(roomId);
      knocks.endAll(roomId, banned(), userId);
    },
    has: (roomId, userId) => store.has(roomId, userId),
    async list(roomId) {
      const rows = await store.list(roomId);
      return rows.map(({ bannedAt, ...row }) => ({ ...row, at: isoTime(bannedAt) }));
    },
    async lift(roomId, userId) {
      if (!(await store.remove(roomId, userId))) {
        throw new ParleyError(
          'not_found',
          'This user is not banned. GET /rooms/<roomId>/bans lists those who are.',
        );
      }
      recent.forget(roomId);
    },
  };
}
