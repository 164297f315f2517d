import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { Ids, RoomId, UserId } from '../domain/ids.ts';
import { banned, noSuchRoom, oneRoomOnly } from '../domain/refusals.ts';
import { isGoodIn, mayModerate } from '../domain/scope.ts';
import { blockKey, type Client, networkKey } from '../lib/addresses.ts';
import { type Awaitable, allDone, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { TurnOf } from '../lib/fair-turns.ts';
import type { Log } from '../lib/log.ts';
import type { Passwords } from '../lib/passwords.ts';
import { createSlices } from '../lib/slices.ts';
import type { CreateRoomRequest } from '../protocol/bodies.ts';
import { EMPTY_SECONDS, ROOM_CAPACITY } from '../protocol/limits.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store } from '../store/contract.ts';
import { Creations, type Creator, type RoomCreators } from './creations.ts';
import { type KnownRoom, RecentRooms, type RoomRecord } from './recent-rooms.ts';
import { Removals } from './removals.ts';
import { RoomPasswords } from './room-passwords.ts';

/** Users banned from one room. */
export const BANS_PER_ROOM = 1_000;
/** Lifetime (ms) of a room that no peer ever entered [RM5]. */
export const UNUSED_ROOM_MS = 86_400_000;

export type { RoomRecord } from './recent-rooms.ts';

/** Somebody who wants to join a room. */
export interface JoinAttempt {
  readonly roomId: RoomId;
  readonly identity: Identity;
  /** Asked for the identity after a wait: a resume may have brought another token meanwhile. Default: `identity` stays. */
  readonly bearer?: { readonly identity: Identity };
  readonly password: string | undefined;
  /** Wrong passwords are counted for its network [RM7]. */
  readonly client: Client;
}

/** The stored rooms, and who may join them. Live rooms are in `signaling/live-rooms`. */
export interface Rooms {
  /**
   * Creates a room that the creator owns.
   * @throws ParleyError `forbidden` (a room that guests may not create [RM5], too many rooms), `rate_limited`
   */
  create(creator: Creator, request: CreateRoomRequest): Promise<RoomRecord>;
  find(roomId: string): Awaitable<RoomRecord | undefined>;
  /**
   * The room, if this user may join it; a promise only if a password has to be hashed, or the store answers later.
   * Doesn't check the capacity, which `Hub.enter` does. For a user with a suspended session in the room, neither lock nor
   * password is checked [RM8].
   * @throws ParleyError, the first of these that applies [RM1]: `room_not_found`, `forbidden` (a token for another
   *   room [TK4]), `banned`, `room_locked` [RM6], `password_required`, `wrong_password`, `rate_limited` [RM7]
   */
  admit(attempt: JoinAttempt): Awaitable<RoomRecord>;
  /**
   * Whether the room that `admit` returned is still current. Call it in the tick in which somebody enters, and if it isn't,
   * call `admit` again: meanwhile the room may have been locked or removed, or somebody banned.
   */
  isCurrent(admitted: RoomRecord): boolean;
  /** A locked room admits only those who may moderate it [RM6]. */
  setLocked(roomId: RoomId, locked: boolean): Promise<void>;
  /**
   * Bans the user, whatever the login [RM6].
   * @param confirm called after the last wait before the ban is stored; it throws if the ban isn't allowed any more
   * @throws ParleyError `forbidden` if `BANS_PER_ROOM` are banned already
   */
  ban(roomId: RoomId, userId: UserId, confirm?: () => void): Promise<void>;
  remove(roomId: RoomId): Promise<void>;
  /** Call it when the store has removed rooms together with something else: nobody can enter them any more. */
  noteRemoved(roomIds: readonly RoomId[]): void;
  /** Call it when the last peer has left: a room that isn't persistent vanishes `emptySeconds` later [RM5]. */
  emptied(roomId: RoomId): Promise<void>;
  close(): void;
}

interface RoomsDeps {
  readonly store: Store['rooms'];
  readonly bans: Store['bans'];
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  /** Asked who is inside when a room's time is up: storing each join and leave would make joins slower. */
  readonly liveRooms: Pick<Hub['liveRooms'], 'countIn' | 'isAway'>;
  readonly creators: RoomCreators;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

const SWEEP_MS = 5_000;
/** Max rooms that one slice of a sweep removes, with up to `BANS_PER_ROOM` bans each. */
export const ROOMS_PER_SLICE = 100;
/**
 * How long a room stays after a restart, in milliseconds. Nobody stored who was inside when the process died, and they
 * need time to come back.
 */
const RETURN_MS = { least: 60_000, most: 3_600_000 } as const;

export function createRooms(deps: RoomsDeps): Rooms {
  const { store, bans, liveRooms, clock, ids, log } = deps;
  const spared = store.spareAll({ now: clock.now(), ...RETURN_MS });
  const recent = new RecentRooms(store);
  const passwords = new RoomPasswords(deps);
  const creations = new Creations(clock, deps.creators);
  const sweeping = createSlices({ clock, everyMs: SWEEP_MS, slice: sweep });
  const forget = (roomId: RoomId): void => {
    recent.forget(roomId);
    passwords.forget(roomId);
  };
  const removals = new Removals({ store, forget });

  const isOccupied = (roomId: RoomId): boolean => liveRooms.countIn(roomId) > 0;

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
    const removed = unused.length > 0 ? removals.run(unused) : undefined;
    return andThen(allDone([...postponed, removed]), () => {
      if (unused.length > 0) log.debug('removed rooms that nobody used', { rooms: unused.length });
      return mayBeMore;
    });
  }

  /** @throws ParleyError `room_not_found`, `forbidden`, `banned`, `room_locked` */
  function findOpen(attempt: JoinAttempt): Awaitable<KnownRoom> {
    return andThen(recent.find(attempt.roomId), (room) => {
      if (room === undefined || removals.has(attempt.roomId)) throw noSuchRoom();
      if (!isGoodIn(attempt.identity, attempt.roomId)) throw oneRoomOnly();
      if (!room.hasBans) return checkLock(room, attempt);
      return andThen(bans.has(attempt.roomId, attempt.identity.userId), (isBanned) => {
        if (isBanned) throw banned();
        return checkLock(room, attempt);
      });
    });
  }

  /** @throws ParleyError `room_locked` */
  function checkLock(room: KnownRoom, { roomId, identity }: JoinAttempt): KnownRoom {
    if (
      room.record.locked &&
      !mayModerate(identity, room.record) &&
      !liveRooms.isAway(roomId, identity.userId)
    ) {
      throw new ParleyError('room_locked', 'This room is locked. Ask somebody inside to open it.');
    }
    return room;
  }

  /** @throws ParleyError `wrong_password`, `rate_limited`, and what `findOpen` throws after the wait */
  async function admitByPassword(attempt: JoinAttempt, password: string, hash: string): Promise<RoomRecord> {
    const stored = { roomId: attempt.roomId, passwordHash: hash };
    if (!(await passwords.isRight(password, stored, turnOf(attempt)))) {
      throw new ParleyError('wrong_password', "This is not the room's password. Try again.");
    }
    const current = { ...attempt, identity: (attempt.bearer ?? attempt).identity };
    const room = await findOpen(current);
    if (room.passwordHash === null || room.passwordHash === hash) return room.record;
    // The password was changed while this one was hashed.
    return admitByPassword(current, password, room.passwordHash);
  }

  return {
    async create(creator, request) {
      const ownerId = creator.identity.userId;
      creations.count(creator, request, await store.countOwnedBy(ownerId));
      const {
        name = null,
        max = ROOM_CAPACITY.default,
        password,
        persistent = false,
        listed = false,
        emptySeconds = EMPTY_SECONDS.default,
      } = request;
      const passwordHash =
        password === undefined ? null : await deps.passwords.hash(password, turnOf(creator));
      if (passwordHash !== null) await creator.confirm?.();
      const createdAt = clock.now();
      const id = ids.roomId();
      const about = { name, ownerId, max, passwordHash, locked: false, persistent, listed, emptySeconds };
      const room = { id, ...about, createdAt };
      if (!(await store.insert(room, persistent ? null : createdAt + UNUSED_ROOM_MS))) {
        // Its owner may be gone by now.
        await creator.confirm?.();
        throw new Error(`a room with the id ${id} exists already`);
      }
      if (password !== undefined && passwordHash !== null) {
        passwords.remember(password, { roomId: id, passwordHash });
      }
      return recent.add({ ...room, hasBans: false }).record;
    },

    find: (roomId) => andThen(recent.find(roomId), (room) => room?.record),

    admit(attempt) {
      const { roomId, identity, password } = attempt;
      return andThen(findOpen(attempt), (room): Awaitable<RoomRecord> => {
        if (room.passwordHash === null || identity.room !== null) return room.record;
        if (liveRooms.isAway(roomId, identity.userId)) return room.record;
        if (password !== undefined) return admitByPassword(attempt, password, room.passwordHash);
        throw new ParleyError('password_required', 'This room has a password. Send it along.');
      });
    },

    isCurrent: (admitted) => recent.isCurrent(admitted),

    async setLocked(roomId, locked) {
      await store.setLocked(roomId, locked);
      recent.forget(roomId);
    },
    async ban(roomId, userId, confirm) {
      if ((await bans.countIn(roomId)) >= BANS_PER_ROOM && !(await bans.has(roomId, userId))) {
        throw new ParleyError(
          'forbidden',
          `${BANS_PER_ROOM} users are banned from this room. Lock it, or create another.`,
        );
      }
      confirm?.();
      await bans.insert(roomId, userId, clock.now());
      recent.forget(roomId);
    },
    async remove(roomId) {
      await removals.run([roomId]);
    },
    noteRemoved(roomIds) {
      for (const roomId of roomIds) forget(roomId);
    },
    async emptied(roomId) {
      const emptiedAt = clock.now();
      const record = (await recent.find(roomId))?.record;
      if (record === undefined || record.persistent) return;
      if (record.emptySeconds > 0) await store.setEmptied(roomId, emptiedAt);
      else if (!isOccupied(roomId)) await removals.run([roomId]);
    },
    close: sweeping.close,
  };
}

/** Password hashes take turns by block, network and user. */
function turnOf({ identity, client }: Creator): TurnOf {
  const { address } = client;
  return { block: blockKey(address), network: networkKey(address), user: identity.userId };
}
