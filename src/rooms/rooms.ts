import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { Ids, RoomId, UserId } from '../domain/ids.ts';
import { isGoodIn, oneRoomOnly } from '../domain/scope.ts';
import { type Client, networkKey } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { TurnOf } from '../lib/fair-turns.ts';
import type { Log } from '../lib/log.ts';
import type { Passwords } from '../lib/passwords.ts';
import { createSlices } from '../lib/slices.ts';
import type { CreateRoomRequest } from '../protocol/bodies.ts';
import { EMPTY_SECONDS, ROOM_CAPACITY } from '../protocol/limits.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store } from '../store/contract.ts';
import { Creations, type Creator } from './creations.ts';
import { mayModerate } from './moderators.ts';
import { type KnownRoom, RecentRooms, type RoomRecord } from './recent-rooms.ts';
import { RoomPasswords } from './room-passwords.ts';

/** Users banned from one room. */
export const BANS_PER_ROOM = 1_000;
/** Milliseconds that a room nobody ever entered stays [RM5]. */
export const UNUSED_ROOM_MS = 86_400_000;

export type { RoomRecord } from './recent-rooms.ts';

export interface Admission {
  readonly roomId: RoomId;
  readonly identity: Identity;
  /** Who has the newest identity after a wait: a resume may have brought another token meanwhile. Default: the same one. */
  readonly bearer?: { readonly identity: Identity };
  readonly password: string | undefined;
  /** Whose wrong passwords are counted by network [RM7]. */
  readonly client: Client;
}

/** The rooms there are, and who may enter them. Who is inside is `signaling/hub`'s. */
export interface Rooms {
  /**
   * Makes a room that the creator owns.
   * @throws ParleyError `forbidden` (what guests may not make [RM5], too many rooms), `rate_limited`
   */
  create(creator: Creator, request: CreateRoomRequest): Promise<RoomRecord>;
  find(roomId: string): Awaitable<RoomRecord | undefined>;
  /**
   * The room, if this user may enter it; a promise only if a password has to be hashed, or a store answers later.
   * Capacity is not checked here, but at the moment of entry.
   * Whoever `isAway` is asked for nothing again [RM8].
   * @throws ParleyError, the first of these that applies [RM1]: `room_not_found`, `forbidden` (a token for another
   *   room [TK4]), `banned`, `room_locked` [RM6], `password_required`, `wrong_password`, `rate_limited` [RM7]
   */
  admit(admission: Admission): Awaitable<RoomRecord>;
  /** Nobody new comes in until it is unlocked, save those who may moderate [RM6]. */
  setLocked(roomId: RoomId, locked: boolean): Promise<void>;
  /** This user never comes in again, by whatever login [RM6]. @throws ParleyError `forbidden` over `BANS_PER_ROOM` */
  ban(roomId: RoomId, userId: UserId): Promise<void>;
  /** The room is no more. */
  remove(roomId: RoomId): Promise<void>;
  /** The last peer left: the room goes `emptySeconds` later, at once if that is 0, unless it is persistent [RM5]. */
  emptied(roomId: RoomId): Promise<void>;
  close(): void;
}

interface RoomsDeps {
  readonly store: Store['rooms'];
  readonly bans: Store['bans'];
  readonly passwords: Passwords;
  /** Who is inside. Asked when a room's time is up: to store each entry would be a good part of what a join costs. */
  readonly hub: Pick<Hub, 'participants' | 'isAway'>;
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
  const { store, bans, hub, clock, ids, log } = deps;
  const spared = store.spareAll({ now: clock.now(), ...RETURN_MS });
  const recent = new RecentRooms(store);
  const passwords = new RoomPasswords(deps);
  const creations = new Creations(clock);
  const sweeping = createSlices({ clock, everyMs: SWEEP_MS, slice: sweep });

  const isOccupied = (roomId: RoomId): boolean => hub.participants(roomId) > 0;

  /** Returns whether there may be more to sweep. */
  function sweep(): Awaitable<boolean> {
    return andThen(spared, () => andThen(store.due(clock.now(), ROOMS_PER_SLICE), removeUnused));
  }

  function removeUnused(due: readonly RoomId[]): Awaitable<boolean> {
    const mayBeMore = due.length === ROOMS_PER_SLICE;
    for (const id of due) if (isOccupied(id)) void store.setVanishing(id, clock.now() + UNUSED_ROOM_MS);
    const unused = due.filter((id) => !isOccupied(id));
    if (unused.length === 0) return mayBeMore;
    return andThen(store.removeAll(unused), () => {
      for (const id of unused) forget(id);
      log.debug('removed rooms that nobody used', { rooms: unused.length });
      return mayBeMore;
    });
  }

  /** @throws ParleyError `room_not_found`, `forbidden`, `banned`, `room_locked` */
  function open(admission: Admission): Awaitable<KnownRoom> {
    return andThen(recent.find(admission.roomId), (room) => {
      if (room === undefined) throw noSuchRoom();
      if (!isGoodIn(admission.identity, admission.roomId)) throw oneRoomOnly();
      if (!room.hasBans) return openToUnbanned(room, admission);
      return andThen(bans.has(admission.roomId, admission.identity.userId), (isBanned) => {
        if (isBanned) throw banned();
        return openToUnbanned(room, admission);
      });
    });
  }

  function openToUnbanned(room: KnownRoom, { roomId, identity }: Admission): KnownRoom {
    if (room.record.locked && !mayModerate(identity, room.record) && !hub.isAway(roomId, identity.userId)) {
      throw new ParleyError('room_locked', 'This room is locked. Ask somebody inside to open it.');
    }
    return room;
  }

  /** @throws ParleyError `wrong_password`, `rate_limited`, and what `open` throws if that changed in the meantime */
  async function admitByPassword(admission: Admission, password: string, hash: string): Promise<RoomRecord> {
    const stored = { roomId: admission.roomId, passwordHash: hash };
    if (!(await passwords.isRight(password, stored, turnOf(admission)))) {
      throw new ParleyError('wrong_password', "This is not the room's password. Try again.");
    }
    const current = { ...admission, identity: (admission.bearer ?? admission).identity };
    const room = await open(current);
    if (room.passwordHash === null || room.passwordHash === hash) return room.record;
    // It was changed while this one was checked.
    return admitByPassword(current, password, room.passwordHash);
  }

  async function remove(roomId: RoomId): Promise<void> {
    await store.remove(roomId);
    forget(roomId);
  }

  function forget(roomId: RoomId): void {
    recent.forget(roomId);
    passwords.forget(roomId);
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
        throw new Error(`a room with the id ${id} exists already`);
      }
      if (password !== undefined && passwordHash !== null) {
        passwords.remember(password, { roomId: id, passwordHash });
      }
      return recent.add({ ...room, hasBans: false }).record;
    },

    find: (roomId) => andThen(recent.find(roomId), (room) => room?.record),

    admit(admission) {
      const { roomId, identity, password } = admission;
      return andThen(open(admission), (room): Awaitable<RoomRecord> => {
        if (room.passwordHash === null || identity.room !== null) return room.record;
        if (hub.isAway(roomId, identity.userId)) return room.record;
        if (password !== undefined) return admitByPassword(admission, password, room.passwordHash);
        throw new ParleyError('password_required', 'This room has a password. Send it along.');
      });
    },

    async setLocked(roomId, locked) {
      await store.setLocked(roomId, locked);
      recent.forget(roomId);
    },
    async ban(roomId, userId) {
      if ((await bans.countIn(roomId)) >= BANS_PER_ROOM && !(await bans.has(roomId, userId))) {
        throw new ParleyError(
          'forbidden',
          `${BANS_PER_ROOM} users are banned from this room. Lock it, or create another.`,
        );
      }
      await bans.insert(roomId, userId, clock.now());
      recent.forget(roomId);
    },
    remove,
    async emptied(roomId) {
      const emptiedAt = clock.now();
      const record = (await recent.find(roomId))?.record;
      if (record === undefined || record.persistent) return;
      if (record.emptySeconds > 0) await store.setEmptied(roomId, emptiedAt);
      else if (!isOccupied(roomId)) await remove(roomId);
    },
    close: sweeping.close,
  };
}

function banned(): ParleyError {
  return new ParleyError(
    'banned',
    'The host has banned you from this room. Ask the host, or join another room.',
  );
}

export function noSuchRoom(): ParleyError {
  return new ParleyError('room_not_found', 'There is no such room. Check the link, or create a room.');
}

/** Whose turn it is to have a password hashed. */
function turnOf({ identity, client }: Creator): TurnOf {
  return { user: identity.userId, network: networkKey(client.address) };
}
