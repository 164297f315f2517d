import * as v from 'valibot';
import type { Identity } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { hostsOnly, noSuchRoom } from '../domain/refusals.ts';
import type { Client } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { changedMeanwhile, isMatch } from '../lib/entity-tags.ts';
import type { Passwords } from '../lib/passwords.ts';
import type { EditRoomRequest, RoomsQuery } from '../protocol/room-bodies.ts';
import type { Hub } from '../signaling/hub.ts';
import type { RoomChange, RoomListPlace, Store } from '../store/contract.ts';
import type { Closings } from './closings.ts';
import { type Creations, turnOf } from './creations.ts';
import type { Endings } from './endings.ts';
import { type KnownRoom, metadataOf, type RoomRecord, recordOf, timeOf } from './recent-rooms.ts';
import { tagOf } from './room-tags.ts';
import type { Rooms } from './rooms.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A room with the entity tag of its settings [HT8]. */
export interface Tagged {
  readonly record: RoomRecord;
  readonly tag: string;
}

/** Somebody who changes a room. */
export interface Editor {
  readonly identity: Identity;
  readonly client: Client;
  /** Called after a wait. @throws ParleyError `unauthorized` if the editor's login has ended meanwhile */
  readonly confirm: () => Promise<Identity>;
}

/** Rooms as their hosts manage them, without being inside. */
export interface RoomSettings {
  /**
   * A page of one's own rooms, and then of those of others that are listed [HT4].
   * @throws ParleyError `validation_failed` for a cursor of another list
   */
  list(userId: UserId, query: RoomsQuery): Promise<{ records: RoomRecord[]; nextCursor: string | null }>;
  /** @throws ParleyError `room_not_found` */
  get(roomId: string): Promise<Tagged>;
  /** The room, for its hosts. @throws ParleyError `room_not_found`, `forbidden` */
  findHosted(actor: Identity, roomId: string): Promise<RoomRecord>;
  /**
   * Changes a room, and tells those inside. It is stored when the promise resolves.
   * @param ifMatch the header's value: which versions of the room may be changed; undefined for any
   * @throws ParleyError `room_not_found`; `forbidden` for who isn't a host, and what guests may not set [RM5];
   *   `precondition_failed`, `no_relay`, `rate_limited`, `unauthorized`
   */
  edit(
    editor: Editor,
    roomId: string,
    request: EditRoomRequest,
    ifMatch: string | undefined,
  ): Promise<Tagged>;
  /**
   * Removes a room for good, persistent or not, and puts everybody out.
   * @returns how many peers were inside, suspended ones too
   * @throws ParleyError `room_not_found`; `forbidden` for who isn't a host
   */
  remove(actor: Identity, roomId: string): Promise<number>;
}

interface RoomSettingsDeps {
  readonly rooms: Pick<Rooms, 'known' | 'change' | 'remove'> & {
    readonly rights: Pick<Rooms['rights'], 'runs'>;
  };
  /** `changePolicy` tells what was said under the former one. */
  readonly chat: { changePolicy(room: RoomRecord): Awaitable<void> };
  readonly lists: Store['roomLists'];
  readonly creations: Creations;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly waitingRoom: Pick<WaitingRoom, 'open'>;
  readonly endings: Pick<Endings, 'check'>;
  readonly closings: Pick<Closings, 'check'>;
  readonly hub: Pick<Hub, 'putOut'> & {
    readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf' | 'tellChange'>;
  };
}

const Place = v.strictTuple([v.picklist(['own', 'listed']), v.pipe(v.number(), v.safeInteger()), v.string()]);

export function createRoomSettings(deps: RoomSettingsDeps): RoomSettings {
  const { rooms, chat, lists, creations, passwords, waitingRoom, endings, closings, hub } = deps;

  /** @throws ParleyError `room_not_found`, `forbidden` */
  function findHosted(actor: Identity, roomId: string): Awaitable<KnownRoom> {
    return andThen(rooms.known(roomId), (room) => {
      if (room === undefined) throw noSuchRoom();
      return andThen(rooms.rights.runs(actor, room), (isHost) => {
        if (!isHost) throw hostsOnly();
        return room;
      });
    });
  }

  /** @throws ParleyError `precondition_failed` if the room was changed before, `room_not_found` if it has gone */
  async function store(
    roomId: RoomId,
    change: RoomChange,
    password: string | null | undefined,
    ifMatch: string | undefined,
  ): Promise<Tagged> {
    const isExpected = (room: KnownRoom): boolean => ifMatch === undefined || isMatch(ifMatch, tagOf(room));
    const changed = await rooms.change(roomId, { change, password, isExpected });
    if (changed === undefined) throw noSuchRoom();
    if (changed === 'unexpected') throw changedMeanwhile();
    const { before, after } = changed;
    if (before !== after) {
      // [CH3] Nobody hears of a policy, and then what only the former one allowed.
      if (before.record.chat !== after.record.chat) await chat.changePolicy(after.record);
      hub.liveRooms.tellChange(after.record);
      closings.check(after.record);
      // Those who found no place when the waiting room was switched off still wait.
      const isOpen = !after.record.waitingRoom;
      if (isOpen && (before.record.waitingRoom || after.record.max > before.record.max)) {
        await waitingRoom.open(roomId);
      }
      const isMoved =
        before.record.expiresAt !== after.record.expiresAt ||
        before.record.endAtExpiry !== after.record.endAtExpiry;
      if (isMoved) await endings.check(after.record);
    }
    return { record: after.record, tag: tagOf(after) };
  }

  return {
    async list(userId, { limit, after }) {
      const place = after === undefined ? null : placeOf(after);
      const { rooms: page, next } = await lists.page({ userId, after: place, limit });
      return { records: page.map(recordOf), nextCursor: next && cursorOf(next) };
    },

    async get(roomId) {
      const room = await rooms.known(roomId);
      if (room === undefined) throw noSuchRoom();
      return { record: room.record, tag: tagOf(room) };
    },

    findHosted: async (actor, roomId) => (await findHosted(actor, roomId)).record,

    async edit(editor, roomId, request, ifMatch) {
      const room = await findHosted(editor.identity, roomId);
      if (ifMatch !== undefined && !isMatch(ifMatch, tagOf(room))) throw changedMeanwhile();
      creations.countChange(editor, request, room.record);
      const { password } = request;
      if (password == null) {
        const change = { ...changeOf(request), passwordHash: password };
        return store(room.record.id, change, password, ifMatch);
      }
      const passwordHash = await passwords.hash(password, turnOf(editor));
      await findHosted(await editor.confirm(), roomId);
      return store(room.record.id, { ...changeOf(request), passwordHash }, password, ifMatch);
    },

    async remove(actor, roomId) {
      // In one tick if the store answers at once: of two who delete a room, one is told that it has gone.
      const { record } = await andThen(findHosted(actor, roomId), async (room) => {
        await rooms.remove(room.record.id);
        return room;
      });
      const members = hub.liveRooms.membersOf(record.id);
      for (const member of members) hub.putOut(member, 'room_closed');
      return members.length;
    },
  };
}

function changeOf(request: EditRoomRequest): RoomChange {
  const { password: _, notBefore, expiresAt, metadata, ...same } = request;
  return {
    ...same,
    notBefore: notBefore === undefined ? undefined : timeOf(notBefore),
    expiresAt: expiresAt === undefined ? undefined : timeOf(expiresAt),
    metadata: metadata === undefined ? undefined : metadataOf(metadata),
  };
}

function cursorOf({ part, createdAt, id }: RoomListPlace): string {
  return writeCursor([part, createdAt, id]);
}

/** @throws ParleyError `validation_failed` */
function placeOf(cursor: string): RoomListPlace {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  const [part, createdAt, id] = place;
  return { part, createdAt, id };
}
