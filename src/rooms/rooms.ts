import type { Ids, RoomId } from '../domain/ids.ts';
import { noSuchRoom, roomExists } from '../domain/refusals.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Passwords } from '../lib/passwords.ts';
import type { CreateRoomRequest } from '../protocol/bodies.ts';
import { EMPTY_SECONDS, ROOM_CAPACITY } from '../protocol/limits.ts';
import type { Hub } from '../signaling/hub.ts';
import type { RoomChange, Store } from '../store/contract.ts';
import { type Admit, type Admitted, createAdmission } from './admission.ts';
import { type Bans, createBans } from './bans.ts';
import { type Creations, type Creator, turnOf } from './creations.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import {
  type KnownRoom,
  knownRoom,
  metadataOf,
  RecentRooms,
  type RoomRecord,
  timeOf,
} from './recent-rooms.ts';
import { Removals } from './removals.ts';
import { createRoomRights, type RoomRights } from './rights.ts';
import { RoomPasswords } from './room-passwords.ts';
import { createRoomTokens, type RoomTokens } from './room-tokens.ts';
import { createUnusedRooms, UNUSED_ROOM_MS } from './unused-rooms.ts';

export type { Admitted, JoinAttempt } from './admission.ts';
export type { RoomRecord } from './recent-rooms.ts';

/** @param insert stores the room; false if its id is taken, or its owner is gone */
export type StoreRoom = (insert: () => Awaitable<boolean>, id: RoomId) => Awaitable<boolean>;
const alone: StoreRoom = (insert) => insert();

/** The stored rooms, and who may join them. Live rooms are in `signaling/live-rooms`. */
export interface Rooms {
  /**
   * Creates a room that the creator owns.
   * @param id Default: a new one
   * @param store runs what stores the room, in a transaction with what belongs to it. Default: alone
   * @throws ParleyError `forbidden` (a room that guests may not create [RM5], too many rooms), `rate_limited`; `room_exists`
   */
  create(creator: Creator, request: CreateRoomRequest, id?: RoomId, store?: StoreRoom): Promise<RoomRecord>;
  find(roomId: string): Awaitable<RoomRecord | undefined>;
  /** As `find`, with what isn't on the wire. */
  known(roomId: string): Awaitable<KnownRoom | undefined>;
  /**
   * Changes what can be set of a room.
   * @returns undefined if there is no such room; the same object twice if nothing has changed
   */
  change(roomId: RoomId, change: SettingsChange): Promise<ChangedRoom | 'unexpected' | undefined>;
  /** Says whether and as what this user may enter. */
  admit: Admit;
  /**
   * Whether the room that `admit` returned is still current. Call it in the tick in which somebody enters, and if it isn't,
   * call `admit` again: meanwhile the room may have been locked or removed, somebody banned, or a place given up.
   */
  isCurrent(admitted: Admitted): boolean;
  /** A locked room admits only those who may moderate it [RM6]. */
  setLocked(roomId: RoomId, locked: boolean): Promise<void>;
  /** Id of the last message of a room's chat that is stored, from memory; null for none. */
  lastMessageIn(roomId: RoomId): string | null;
  /** Call it in the tick in which the room's last stored message became another. */
  noteLastMessage(roomId: RoomId, id: string | null): void;
  readonly rights: RoomRights;
  readonly bans: Bans;
  readonly invitations: Invitations;
  readonly tokens: RoomTokens;
  remove(roomId: RoomId): Promise<void>;
  /** Call it when the store has removed rooms together with something else: nobody can enter them any more. */
  noteRemoved(roomIds: readonly RoomId[]): void;
  /** Call it when the last peer has left: a room that isn't persistent vanishes `emptySeconds` later [RM5]. */
  emptied(roomId: RoomId): Promise<void>;
  /** Call it when somebody who was expected is so no longer: a room that people have been inside of may be empty now. */
  expectsOneLess(roomId: RoomId): Promise<void>;
  /** Makes whoever was admitted a moment ago be asked for again: what it was admitted by may hold no more. */
  reconsider(roomId: RoomId): void;
  close(): void;
}

interface SettingsChange {
  readonly change: RoomChange;
  /** That `change.passwordHash` was made of, if it was. */
  readonly password?: string | null | undefined;
  /** Called with what is stored, in the same transaction. */
  readonly isExpected: (room: KnownRoom) => boolean;
}

interface ChangedRoom {
  readonly before: KnownRoom;
  readonly after: KnownRoom;
}

interface RoomsDeps {
  readonly store: Store['rooms'];
  readonly bans: Store['bans'];
  readonly roomRights: Store['roomRights'];
  readonly roomInvitations: Store['roomInvitations'];
  readonly roomTokenMarks: Store['roomTokenMarks'];
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  /** Asked who is inside when a room's time is up: storing each join and leave would make joins slower. */
  readonly liveRooms: Pick<
    Hub['liveRooms'],
    'countIn' | 'hasPlace' | 'isInside' | 'isOccupied' | 'release' | 'expected'
  >;
  readonly knocks: Pick<Hub['knocks'], 'isWaiting' | 'endAll'>;
  readonly creations: Creations;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export function createRooms(deps: RoomsDeps): Rooms {
  const { store, liveRooms, knocks, creations, clock, ids, log } = deps;
  const recent = new RecentRooms(store);
  const passwords = new RoomPasswords(deps);
  const forget = (roomId: RoomId): void => {
    recent.forget(roomId);
    passwords.forget(roomId);
  };
  /** [KN5] A room that is gone keeps nobody waiting, and no place for anybody. */
  const removed = (roomIds: readonly RoomId[]): void => {
    for (const roomId of roomIds) {
      knocks.endAll(roomId, noSuchRoom());
      liveRooms.release(roomId);
      liveRooms.expected.forget(roomId);
    }
  };
  const removals = new Removals({ store, forget, removed });
  const rights = createRoomRights({ recent, store: deps.roomRights, bans: deps.bans });
  const invitations = createInvitations({ recent, store: deps.roomInvitations, clock, ids });
  const tokens = createRoomTokens({ recent, store: deps.roomTokenMarks, bans: deps.bans, clock });

  const unused = createUnusedRooms({ store, recent, removals, liveRooms, clock, log });

  return {
    async create(creator, request, id = ids.roomId(), storeRoom = alone) {
      const ownerId = creator.identity.userId;
      creations.count(creator, request, await store.countOwnedBy(ownerId));
      const {
        name = null,
        max = ROOM_CAPACITY.default,
        password = null,
        locked = false,
        persistent = false,
        listed = false,
        waitingRoom = false,
        chat = 'all',
        relayOnly = false,
        endAtExpiry = false,
        emptySeconds = EMPTY_SECONDS.default,
      } = request;
      const passwordHash = password === null ? null : await deps.passwords.hash(password, turnOf(creator));
      if (passwordHash !== null) await creator.confirm?.();
      const createdAt = clock.now();
      const flags = { locked, persistent, listed, waitingRoom, relayOnly, endAtExpiry };
      const about = { name, ownerId, max, passwordHash, ...flags, chat, emptySeconds };
      const times = { notBefore: timeOf(request.notBefore), expiresAt: timeOf(request.expiresAt) };
      const room = { id, ...about, ...times, metadata: metadataOf(request.metadata), createdAt };
      const insert = () => store.insert(room, persistent ? null : createdAt + UNUSED_ROOM_MS);
      if (!(await storeRoom(insert, id))) {
        // Its owner may be gone by now.
        await creator.confirm?.();
        throw roomExists();
      }
      if (password !== null && passwordHash !== null) {
        passwords.remember(password, { roomId: id, passwordHash });
      }
      return recent.add({ ...room, hasBans: false, hasRights: false, lastMessageId: null }).record;
    },

    find: (roomId) => andThen(recent.find(roomId), (room) => room?.record),

    known: (roomId) => (removals.has(roomId) ? undefined : recent.find(roomId)),

    async change(roomId, { change, password, isExpected }) {
      const changed = await store.edit(roomId, {
        change,
        isExpected: (row) => isExpected(knownRoom(row)),
        now: clock.now(),
        unusedMs: UNUSED_ROOM_MS,
      });
      if (changed === undefined || changed === 'unexpected') return changed;
      const before = knownRoom(changed.before);
      if (changed.before === changed.after) return { before, after: before };
      recent.forget(roomId);
      const after = knownRoom(changed.after);
      unused.expect(clock.now() + 1_000 * after.record.emptySeconds);
      if (password != null && after.passwordHash !== null) {
        passwords.remember(password, { roomId, passwordHash: after.passwordHash });
      }
      return { before, after };
    },

    rights,
    bans: createBans({ recent, store: deps.bans, knocks, clock }),
    invitations,
    tokens,

    admit: createAdmission({
      recent,
      removals,
      bans: deps.bans,
      rights,
      tokens,
      invitations,
      passwords,
      liveRooms,
      knocks,
      clock,
    }),

    isCurrent: ({ room, asInside }) =>
      recent.isCurrent(room) && (asInside === null || liveRooms.isInside(room.id, asInside)),

    async setLocked(roomId, locked) {
      await store.setLocked(roomId, locked);
      recent.forget(roomId);
    },
    lastMessageIn: (roomId) => recent.lastMessageIn(roomId),
    noteLastMessage: (roomId, id) => recent.noteLastMessage(roomId, id),
    async remove(roomId) {
      await removals.run([roomId]);
    },
    noteRemoved(roomIds) {
      for (const roomId of roomIds) forget(roomId);
      removed(roomIds);
    },
    emptied: unused.emptied,
    expectsOneLess: unused.expectsOneLess,
    reconsider: (roomId) => recent.forget(roomId),
    close() {
      unused.close();
      tokens.close();
    },
  };
}
