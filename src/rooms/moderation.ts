import { setImmediate as nextTurn } from 'node:timers/promises';
import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { PeerId, RoomId, UserId } from '../domain/ids.ts';
import { hostsOnly, noSuchRoom, notInRoom, peerGone } from '../domain/refusals.ts';
import { isHostForGood, type RightsChange } from '../domain/room-rights.ts';
import { mayModerate } from '../domain/scope.ts';
import type { ClientPayload } from '../protocol/events.ts';
import type { Peer } from '../protocol/fields.ts';
import type { Hub, Participant } from '../signaling/hub.ts';
import type { RoomRecord, Rooms } from './rooms.ts';

/** An actor that acts from inside the room. */
interface ActingPeer {
  /** The actor's own peer. */
  readonly from?: PeerId | undefined;
  /** Asked for the actor's identity after a wait: its token may have been replaced meanwhile. Default: it stays. */
  readonly bearer?: { readonly identity: Identity } | undefined;
}

/**
 * What hosts may do to a room and to those inside [RM6]. The actor is an identity: how it reached the server makes no
 * difference. Its rights are checked after the last wait before a change.
 * @throws ParleyError `room_not_found`; `not_in_room` if the actor's own peer has left meanwhile; `forbidden` if the actor
 *   doesn't run the room
 */
export interface Moderation {
  /**
   * Puts a peer out; with `ban` all peers of its user, who can't come back. Tokens of the user for this room are worthless
   * there from now on [TK4].
   * @throws ParleyError `peer_gone`; `forbidden` for the actor's own peer, for a ban of the actor, and for the owner
   */
  kick(actor: Identity, roomId: RoomId, request: ClientPayload<'room:kick'> & ActingPeer): Promise<void>;
  /** Locks the room for newcomers, or unlocks it, and tells everybody inside. */
  lock(actor: Identity, roomId: RoomId, request: ClientPayload<'room:lock'> & ActingPeer): Promise<void>;
  /** Asks a peer, or all others, to stop sending a kind of media. @throws ParleyError `peer_gone` */
  mute(
    actor: Identity,
    roomId: RoomId,
    request: ClientPayload<'room:mute'> & ActingPeer & { readonly from: PeerId },
  ): Promise<void>;
  /**
   * Makes a peer's user a host or takes that back, and says what it may send, from now on and whenever it comes back. Tells
   * everybody inside.
   * @returns the peer as a newcomer would see it
   * @throws ParleyError `peer_gone`; `forbidden` if it is a host whom nobody can demote; `limit_reached`
   */
  setRights(
    actor: Identity,
    roomId: string,
    request: { readonly peerId: string } & RightsChange & ActingPeer,
  ): Promise<Peer>;
  /**
   * Puts everybody out, but lets the actor's own peer keep its session. A persistent room can be entered again, any
   * other room is removed.
   */
  close(actor: Identity, roomId: RoomId, request?: ActingPeer): Promise<void>;
  /** Puts everybody out of rooms that are gone, some rooms per turn of the event loop. */
  evacuate(roomIds: readonly RoomId[]): Promise<void>;
}

/** Rooms, of up to 50 people each, that `evacuate` clears before others are served. */
const ROOMS_PER_TURN = 10;

interface ModerationDeps {
  readonly rooms: Pick<Rooms, 'find' | 'setLocked' | 'remove'> & {
    readonly rights: Pick<Rooms['rights'], 'asHost' | 'change'>;
    readonly bans: Pick<Rooms['bans'], 'add'>;
    readonly tokens: Pick<Rooms['tokens'], 'mark' | 'isWorthless'>;
  };
  readonly hub: Pick<Hub, 'liveRooms' | 'knocks' | 'putOut'>;
}

export function createModeration({ rooms, hub }: ModerationDeps): Moderation {
  const { liveRooms } = hub;

  /** An actor inside needs no look at the store: its participant knows what the room grants it. */
  async function findModerated(actor: Identity, roomId: string, acting: ActingPeer): Promise<RoomRecord> {
    if (acting.from === undefined) return rooms.rights.asHost(actor, roomId);
    const room = await rooms.find(roomId);
    if (room === undefined) throw noSuchRoom();
    checkInside(actor, room, acting);
    return room;
  }

  /** Checks an actor that acts from inside. @throws ParleyError `forbidden`, `not_in_room` */
  function checkInside(actor: Identity, room: RoomRecord, { from, bearer }: ActingPeer): void {
    if (from === undefined) return;
    const self = liveRooms.membersOf(room.id).find(({ peerId }) => peerId === from);
    if (!mayModerate(bearer?.identity ?? actor, room, self?.granted)) throw hostsOnly();
    if (self === undefined) throw notInRoom();
  }

  function findMember(roomId: string, peerId: string): Participant {
    const member = liveRooms.membersOf(roomId).find((candidate) => candidate.peerId === peerId);
    if (member === undefined) throw peerGone();
    return member;
  }

  /** [TK4] Puts out the user's peers that came by a token which is worthless now. @param but the peer of who acts */
  async function putOutWorthless(roomId: RoomId, userId: UserId, but: PeerId | undefined): Promise<void> {
    for (const member of liveRooms.membersOf(roomId)) {
      if (member.userId !== userId || member.peerId === but) continue;
      const { room } = member.recipient.identity;
      if (room === null || !(await rooms.tokens.isWorthless({ userId, room }))) continue;
      if (liveRooms.membersOf(roomId).includes(member)) hub.putOut(member, 'kicked');
    }
  }

  return {
    async kick(actor, roomId, { peerId, ban = false, ...acting }) {
      const { from } = acting;
      const room = await findModerated(actor, roomId, acting);
      const target = findMember(roomId, peerId);
      const { userId } = target;
      if (peerId === from || (ban && userId === actor.userId)) {
        throw new ParleyError('forbidden', "You can't put yourself out. Leave the room instead.");
      }
      if (userId === room.ownerId && userId !== actor.userId) {
        throw new ParleyError('forbidden', "The owner of a room can't be put out of it.");
      }
      if (!ban) {
        await rooms.tokens.mark(roomId, userId);
        // By now the peer may be in another room, from which nobody has kicked it.
        if (liveRooms.membersOf(roomId).includes(target)) hub.putOut(target, 'kicked');
        await putOutWorthless(roomId, userId, from);
        return;
      }
      await rooms.bans.add(roomId, userId, () => checkInside(actor, room, acting));
      // The ban is stored now, so it is carried out, whatever has become of the actor.
      for (const member of liveRooms.membersOf(roomId)) {
        if (member.userId === userId) hub.putOut(member, 'banned');
      }
    },

    async lock(actor, roomId, { locked, ...acting }) {
      await findModerated(actor, roomId, acting);
      await rooms.setLocked(roomId, locked);
      const changed = await rooms.find(roomId);
      if (changed !== undefined) liveRooms.tellChange(changed);
    },

    async mute(actor, roomId, { peerId, kind, from, bearer }) {
      await findModerated(actor, roomId, { from, bearer });
      const targets =
        peerId === undefined
          ? liveRooms.membersOf(roomId).filter((member) => member.peerId !== from)
          : [findMember(roomId, peerId)];
      for (const target of targets) target.deliver('room:mute', { from, fromUserId: actor.userId, kind });
    },

    async setRights(actor, roomId, { peerId, host, send, ...acting }) {
      const room = await findModerated(actor, roomId, acting);
      const target = findMember(room.id, peerId);
      if (host === false && isHostForGood(target.recipient.identity, target.granted.isOwner)) {
        throw new ParleyError(
          'forbidden',
          "The owner of a room, services and admins stay its hosts. Choose another host's peer.",
        );
      }
      if (host !== undefined || send !== undefined) {
        await rooms.rights.change(room.id, target.userId, { host, send });
        // What is stored now holds for all peers of the user, those who came meanwhile too.
        for (const member of liveRooms.membersOf(room.id)) {
          if (member.userId !== target.userId) continue;
          const wasHost = member.host;
          member.changeRights({ host, send });
          if (!wasHost) hub.knocks.lists.tellHost(member, room.waitingRoom);
        }
      }
      return target.describe(true);
    },

    async close(actor, roomId, acting = {}) {
      const { from } = acting;
      const room = await findModerated(actor, roomId, acting);
      if (!room.persistent) await rooms.remove(roomId);
      liveRooms.release(roomId);
      const members = liveRooms.membersOf(roomId);
      for (const member of members) if (member.peerId !== from) hub.putOut(member, 'room_closed');
      for (const member of members) if (member.peerId === from) liveRooms.leave(member, 'room_closed');
    },

    async evacuate(roomIds) {
      let cleared = 0;
      for (const roomId of roomIds) {
        liveRooms.release(roomId);
        const members = liveRooms.membersOf(roomId);
        if (members.length === 0) continue;
        for (const member of members) hub.putOut(member, 'room_closed');
        cleared += 1;
        if (cleared % ROOMS_PER_TURN === 0) await nextTurn();
      }
    },
  };
}
