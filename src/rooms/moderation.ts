import { ParleyError } from '../domain/errors.ts';
import type { ClientPayload } from '../protocol/events.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';
import { mayModerate } from './moderators.ts';
import type { RoomRecord, Rooms } from './rooms.ts';

/**
 * What those who run a room may do to it and to those inside, from inside it [RM6].
 * All throw ParleyError `not_in_room`, `forbidden` to others, and `peer_gone` where the peer is not in the room.
 */
export interface Moderation {
  /** Puts a peer out; with `ban` its user, from every tab, for good. */
  kick(session: Session, request: ClientPayload<'room:kick'>): void;
  /** Lets nobody new in, or again everybody, and tells all inside. */
  lock(session: Session, request: ClientPayload<'room:lock'>): void;
  /** Asks a peer to send no more of a kind. */
  mute(session: Session, request: ClientPayload<'room:mute'>): void;
  /** Puts everybody else out, and takes the session out. A persistent room can be entered again, any other is gone. */
  close(session: Session): void;
}

interface ModerationDeps {
  readonly rooms: Pick<Rooms, 'find' | 'setLocked' | 'ban' | 'remove'>;
  readonly hub: Pick<Hub, 'putOut' | 'leave' | 'roomChanged'>;
}

export function createModeration({ rooms, hub }: ModerationDeps): Moderation {
  /** The room that the session is in, which it may moderate. */
  function roomOf({ membership, identity }: Session): { room: RoomRecord; members: readonly Session[] } {
    if (membership === undefined) throw new ParleyError('not_in_room', 'join a room first');
    const { roomId, members } = membership.room;
    const room = rooms.find(roomId);
    if (room === undefined || !mayModerate(identity, room)) {
      throw new ParleyError('forbidden', 'only whoever runs the room may do this');
    }
    return { room, members };
  }

  function memberOf(members: readonly Session[], peerId: string): Session {
    const member = members.find((candidate) => candidate.peerId === peerId);
    if (member === undefined) throw new ParleyError('peer_gone', 'there is no such peer in this room');
    return member;
  }

  return {
    kick(session, { peerId, ban = false }) {
      const { room, members } = roomOf(session);
      const target = memberOf(members, peerId);
      if (target.userId === session.userId && (ban || target === session)) {
        throw new ParleyError('forbidden', 'leave the room instead of putting yourself out');
      }
      if (!ban) {
        hub.putOut(target, 'kicked');
        return;
      }
      if (target.userId === room.ownerId) {
        throw new ParleyError('forbidden', "nobody can be banned from a room of one's own");
      }
      rooms.ban(room.id, target.userId);
      for (const tab of members.filter(({ userId }) => userId === target.userId)) hub.putOut(tab, 'banned');
    },

    lock(session, { locked }) {
      const { room } = roomOf(session);
      rooms.setLocked(room.id, locked);
      hub.roomChanged({ ...room, locked });
    },

    mute(session, { peerId, kind }) {
      const target = memberOf(roomOf(session).members, peerId);
      target.send('room:mute', { from: session.peerId, fromUserId: session.userId, kind });
    },

    close(session) {
      const { room, members } = roomOf(session);
      if (!room.persistent) rooms.remove(room.id);
      for (const member of [...members]) if (member !== session) hub.putOut(member, 'room_closed');
      hub.leave(session, 'room_closed');
    },
  };
}
