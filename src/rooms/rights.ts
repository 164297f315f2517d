import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { hostsOnly, noSuchRoom } from '../domain/refusals.ts';
import { isHostForGood, type RightsChange } from '../domain/room-rights.ts';
import { mayModerate } from '../domain/scope.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Store, StoredRights } from '../store/contract.ts';
import type { KnownRoom, RecentRooms, RoomRecord } from './recent-rooms.ts';

/** Max users to whom a room grants rights: hosts, those whom a host has limited, and those who came by an invitation. */
export const RIGHTS_PER_ROOM = 10_000;

/** What rooms grant their users, whatever tokens these come with [RM6]. */
export interface RoomRights {
  /** What is stored about a user; undefined for nothing. Asks the store only about rooms that grant somebody something. */
  of(room: KnownRoom, userId: UserId): Awaitable<StoredRights | undefined>;
  /** Whether one runs the room, be it from inside or not: by its token, by its role, as its owner, or by a host's word. */
  isHost(identity: Identity, roomId: string): Awaitable<boolean>;
  /** The same, of a room that was looked up in this turn of the event loop. */
  runs(identity: Identity, room: KnownRoom): Awaitable<boolean>;
  /** Returns the room to somebody who runs it. @throws ParleyError `room_not_found`, `forbidden` */
  asHost(identity: Identity, roomId: string): Awaitable<RoomRecord>;
  /**
   * Stores what a host changes. Whoever enters from now on enters with it; those inside are for the caller to tell.
   * @throws ParleyError `limit_reached` beyond `RIGHTS_PER_ROOM`
   */
  change(roomId: RoomId, userId: UserId, change: RightsChange): Promise<void>;
}

interface RoomRightsDeps {
  readonly recent: Pick<RecentRooms, 'find' | 'forget'>;
  readonly store: Store['roomRights'];
  readonly bans: Pick<Store['bans'], 'has'>;
}

export function createRoomRights({ recent, store, bans }: RoomRightsDeps): RoomRights {
  const of: RoomRights['of'] = (room, userId) =>
    room.hasRights ? store.find(room.record.id, userId) : undefined;

  /** Whoever is banned runs the room only by a right that no ban takes. */
  function runs(identity: Identity, room: KnownRoom): Awaitable<boolean> {
    const { record } = room;
    const { userId } = identity;
    return andThen(of(room, userId), (stored) => {
      if (!mayModerate(identity, record, stored)) return false;
      if (!room.hasBans || isHostForGood(identity, userId === record.ownerId)) return true;
      return andThen(bans.has(record.id, userId), (isBanned) => !isBanned);
    });
  }

  return {
    of,
    runs,
    isHost: (identity, roomId) =>
      andThen(recent.find(roomId), (room) => (room === undefined ? false : runs(identity, room))),
    asHost: (identity, roomId) =>
      andThen(recent.find(roomId), (room) => {
        if (room === undefined) throw noSuchRoom();
        return andThen(runs(identity, room), (isHost) => {
          if (!isHost) throw hostsOnly();
          return room.record;
        });
      }),
    async change(roomId, userId, change) {
      const isStored = await store.change(roomId, userId, change, RIGHTS_PER_ROOM);
      if (!isStored) throw tooManyRights();
      recent.forget(roomId);
    },
  };
}

/** Returns the refusal to grant rights to one user more than a room may. */
export function tooManyRights(): ParleyError {
  return new ParleyError(
    'limit_reached',
    `This room has given ${RIGHTS_PER_ROOM} users rights of their own. Create another room.`,
    { limit: 'room_rights' },
  );
}
