import { ParleyError } from '../domain/errors.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { banned, noSuchRoom, noSuchUser } from '../domain/refusals.ts';
import { andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { LeaveReason } from '../protocol/events.ts';
import type { RoomRecord, Rooms, StoreRoom } from '../rooms/rooms.ts';
import type { WaitingRoom } from '../rooms/waiting-room.ts';
import type { AddedUser, Hub } from '../signaling/hub.ts';
import type { AddedUserRow, Store } from '../store/contract.ts';
import type { RoomPeople } from './people.ts';

/** Max users whom a room has added at a time, those who have come in too. */
export const ADDED_PER_ROOM = 1_000;
/** Max users added to all rooms together: about 400 MB if each has the longest `userInfo`. */
export const ADDED_USERS = 100_000;

/** Users whom a backend adds to rooms before they connect [CT0]. */
export interface Added {
  /**
   * Creates a room that expects its first user: both are stored, or neither. An unknown user becomes an external one.
   * @param create called with what stores the room and the user
   * @throws ParleyError `limit_reached`, and what `create` throws
   */
  createRoom(
    userId: UserId,
    userInfo: unknown,
    create: (store: StoreRoom) => Promise<RoomRecord>,
  ): Promise<RoomRecord>;
  /**
   * Adds the user, or replaces its `userInfo`; those inside are told. An unknown user becomes an external one.
   * @param userInfo undefined: it stays as it is
   * @throws ParleyError `room_not_found`, `banned`, `room_full`, `limit_reached`
   */
  add(roomId: string, userId: UserId, userInfo: unknown): Promise<void>;
  /**
   * Puts the user out, and takes its right: as a kick, so that its older tokens for the room are worthless there [TK4].
   * @returns what was said of it
   * @throws ParleyError `room_not_found`; `user_not_found` if it is neither inside nor added
   */
  remove(roomId: string, userId: UserId): Promise<unknown>;
  /** Call it when a user has come in. */
  joined(event: { readonly roomId: RoomId; readonly userId: UserId }): void;
  /** Call it when a peer has left: a kick takes the right. */
  left(event: {
    readonly roomId: RoomId | null;
    readonly userId: UserId;
    readonly reason: LeaveReason;
  }): Promise<void>;
  /** Call it when the user is deleted. */
  userDeleted(userId: UserId): Promise<void>;
  /** Reads who was added before the process began. Call it before sessions are restored. */
  load(): Promise<void>;
  /** Those who are inside again are expected no more. Call it when sessions are restored. */
  settle(): void;
}

interface AddedDeps {
  readonly rooms: Pick<Rooms, 'find' | 'expectsOneLess' | 'reconsider'> & {
    readonly tokens: Pick<Rooms['tokens'], 'mark'>;
    readonly bans: Pick<Rooms['bans'], 'has'>;
  };
  readonly hub: Pick<Hub, 'liveRooms' | 'putOut' | 'leaveRoom'>;
  readonly waitingRoom: Pick<WaitingRoom, 'letInUser'>;
  readonly people: RoomPeople;
  readonly store: Store['addedUsers'];
  readonly atomically: Store['atomically'];
  readonly accounts: { introduce(userId: UserId): Promise<void> };
  readonly clock: Clock;
}

export function createAdded(deps: AddedDeps): Added {
  const { rooms, hub, waitingRoom, people, store, atomically, accounts, clock } = deps;
  const { liveRooms } = hub;
  const { added } = liveRooms.expected;

  async function findRoom(roomId: string): Promise<RoomRecord> {
    const room = await rooms.find(roomId);
    if (room === undefined) throw noSuchRoom();
    return room;
  }

  /** @throws ParleyError `room_full`, `limit_reached` */
  function checkBounds(room: RoomRecord, userId: UserId): void {
    const isInside = people.peersOf(room.id, userId).length > 0;
    if (!isInside && !liveRooms.hasRoomFor(userId, room)) {
      throw new ParleyError(
        'room_full',
        `All ${room.max} places are taken. Add the user when somebody has left, or raise \`max\`.`,
      );
    }
    if (added.find(room.id, userId) !== undefined) return;
    if (added.countIn(room.id) >= ADDED_PER_ROOM || added.size >= ADDED_USERS) throw limitReached();
  }

  /** Takes the place at once, so that nobody else gets it while the user is stored. */
  async function put(user: AddedUser): Promise<void> {
    const { roomId, userId } = user;
    const before = added.find(roomId, userId);
    const takeBack = (): void => {
      if (before === undefined) added.remove(roomId, userId);
      else added.put(before);
    };
    added.put(user);
    try {
      if (!(await store.put(rowOf(user)))) throw noSuchRoom();
    } catch (error) {
      takeBack();
      throw error;
    }
    // It may have come in while it was stored.
    if (user.expected && !added.isExpected(roomId, userId)) await store.arrivedSoon(roomId, userId);
  }

  function forget(roomId: RoomId, userId: UserId): AddedUser | undefined {
    const user = added.remove(roomId, userId);
    liveRooms.forgetUser(roomId, userId);
    // Whoever was admitted as an added user a moment ago isn't any more.
    if (user !== undefined) rooms.reconsider(roomId);
    return user;
  }

  return {
    async createRoom(userId, userInfo = null, create) {
      if (added.size >= ADDED_USERS) throw limitReached();
      await accounts.introduce(userId);
      let user: AddedUser | undefined;
      try {
        return await create((insert, roomId) =>
          atomically(
            () =>
              andThen(insert(), (isInserted) => {
                if (!isInserted) return false;
                user = { roomId, userId, userInfo, expected: true, addedAt: clock.now() };
                added.put(user);
                return andThen(store.put(rowOf(user)), (isStored) => isStored || throwDeleted());
              }),
            true,
          ),
        );
      } catch (error) {
        if (user !== undefined) added.remove(user.roomId, userId);
        throw error;
      }
    },

    async add(roomId, userId, userInfo) {
      await findRoom(roomId);
      await accounts.introduce(userId);
      if (await rooms.bans.has(roomId as RoomId, userId)) throw banned();
      // Again, because the room may have changed or gone during the waits.
      const room = await findRoom(roomId);
      checkBounds(room, userId);
      const before = added.find(room.id, userId);
      const peers = people.peersOf(room.id, userId);
      await put({
        roomId: room.id,
        userId,
        userInfo: userInfo === undefined ? (before?.userInfo ?? null) : userInfo,
        expected: peers.length === 0,
        addedAt: before?.addedAt ?? clock.now(),
      });
      if (userInfo !== undefined)
        for (const peer of people.peersOf(room.id, userId)) peer.update({ userInfo });
      await waitingRoom.letInUser(room.id, userId);
    },

    async remove(roomId, userId) {
      const { id } = await findRoom(roomId);
      const user = people.find(id, userId) ?? added.find(id, userId);
      if (user === undefined) throw noSuchUser();
      await rooms.tokens.mark(id, userId);
      await store.remove(id, userId);
      forget(id, userId);
      for (const peer of people.peersOf(id, userId)) hub.putOut(peer, 'kicked');
      hub.leaveRoom(userId, id);
      await rooms.expectsOneLess(id);
      return user.userInfo;
    },

    joined({ roomId, userId }) {
      if (added.find(roomId, userId) !== undefined) void store.arrivedSoon(roomId, userId);
    },
    async left({ roomId, userId, reason }) {
      if (roomId === null || (reason !== 'kicked' && reason !== 'banned')) return;
      if (forget(roomId, userId) === undefined) return;
      await store.removeSoon(roomId, userId);
    },
    async userDeleted(userId) {
      for (const roomId of added.roomsOf(userId)) {
        forget(roomId, userId);
        await rooms.expectsOneLess(roomId);
      }
    },
    async load() {
      for (const row of await store.all()) added.put({ ...row, userInfo: JSON.parse(row.userInfo) });
    },
    settle() {
      for (const { roomId, userId } of added.all()) {
        if (people.peersOf(roomId, userId).length > 0) added.arrived(roomId, userId);
      }
    },
  };
}

function rowOf(user: AddedUser): AddedUserRow {
  return { ...user, userInfo: JSON.stringify(user.userInfo) };
}

function limitReached(): ParleyError {
  return new ParleyError(
    'limit_reached',
    `At most ${ADDED_PER_ROOM} users are added to a room, and ${ADDED_USERS} to all rooms. Remove some first.`,
    { limit: 'added_users' },
  );
}

function throwDeleted(): never {
  throw new ParleyError('unavailable', 'This user was deleted just now. Try again.');
}
