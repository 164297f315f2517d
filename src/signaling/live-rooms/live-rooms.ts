import { ParleyError } from '../../domain/errors.ts';
import type { Publisher } from '../../domain/events.ts';
import type { PeerId, RoomId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import type { LeaveReason } from '../../protocol/events.ts';
import type { MediaState, Peer, Room as RoomOnWire } from '../../protocol/fields.ts';
import { EXPIRY_WARNING_MS, type Membership, type Session } from '../session/session.ts';
import { listText, roomText } from '../wire/wire-text.ts';
import type { IceGrant } from './ice-grant.ts';
import { ALL_OFF, describePeer, Room, tellOthers } from './live-room.ts';

/** What is known of a room apart from who is inside. */
export type RoomFacts = Readonly<Omit<RoomOnWire, 'participants' | 'id'>> & { readonly id: RoomId };

/** A session on its way into a room. */
export interface Entry {
  readonly room: RoomFacts;
  readonly userInfo?: unknown;
  readonly media?: MediaState | undefined;
  /** The message id to answer. */
  readonly re?: number | undefined;
}

export interface PlacesDeps {
  readonly clock: Clock;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** Ends the calls that a session has with these. */
  readonly hangUpOn: (session: Session, others: readonly Session[]) => void;
  /** Ends a suspended session whose user has come into its room anew. */
  readonly replace: (former: Session) => void;
  readonly events: Publisher;
}

/** The rooms that somebody is in, and who comes and goes [RM1]–[RM4]. */
export class Places {
  readonly #deps: PlacesDeps;
  readonly #rooms = new Map<string, Room>();

  constructor(deps: PlacesDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#rooms.size;
  }

  participants(roomId: string): number {
    return this.#rooms.get(roomId)?.members.length ?? 0;
  }

  peersOf(roomId: string): Peer[] {
    return this.#rooms.get(roomId)?.peersBut() ?? [];
  }

  /** Whether a session of this user inside is suspended: then a new one of the user takes its place [RM8]. */
  isAway(roomId: string, userId: string): boolean {
    return this.#rooms.get(roomId)?.awayOf(userId) !== undefined;
  }

  /**
   * All checks come first, in the same tick as the entry: what refuses it leaves everything as it was.
   * @throws ParleyError `room_full`, `already_in_room`; `forbidden` if the session has ended
   */
  enter(session: Session, entry: Entry): void {
    if (session.isOver) throw new ParleyError('forbidden', 'this session has ended: connect anew');
    if (session.membership !== undefined) {
      throw new ParleyError('already_in_room', 'leave the room that you are in first');
    }
    const { room: facts, userInfo = null, media = ALL_OFF, re } = entry;
    const room = this.#room(facts.id);
    const former = room.awayOf(session.userId);
    if (former === undefined) room.checkCapacity(facts.max);
    const { iceServers, expiresAt } = this.#deps.iceServers(session.peerId);
    const iceRenewAt = renewAt(expiresAt, this.#deps.clock.now());
    if (former !== undefined) this.#deps.replace(former);
    room.admit(session, { room, userInfo, media, iceRenewAt });
    if (room.members.length === 1) this.#rooms.set(room.roomId, room);
    session.sendText(
      'room:joined',
      `{"room":${roomText(facts, room.members.length)},"peerId":"${session.peerId}",` +
        `"peers":${listText(room.peersBut(session))},"iceServers":${listText(iceServers)}}`,
      re,
    );
    if (room.members.length > 1) tellOthers(session, 'peer:joined', { peer: describePeer(session, false) });
  }

  /** @returns false where the session is in no room */
  leave(session: Session, reason: LeaveReason): boolean {
    const { membership } = session;
    if (membership === undefined) return false;
    const { roomId, members } = membership.room;
    this.#deps.hangUpOn(session, members);
    tellOthers(session, 'peer:left', { peerId: session.peerId, reason });
    const room = this.#room(roomId);
    room.remove(session);
    this.#deps.events.publish('peer.left', { peerId: session.peerId });
    if (room.members.length === 0) {
      this.#rooms.delete(roomId);
      // Whoever replaces it is inside before this tick is over.
      if (reason !== 'replaced') this.#deps.events.publish('room.emptied', { roomId });
    }
    return true;
  }

  /** Tells all inside what the room is now. */
  roomChanged(facts: RoomFacts): void {
    const members = this.#rooms.get(facts.id)?.members ?? [];
    const body = `{"room":${roomText(facts, members.length)}}`;
    for (const member of members) member.sendText('room:updated', body);
  }

  /** Gives a session the place that it had before a restart; all of a room in their order. */
  takePlace(session: Session, roomId: RoomId, membership: Omit<Membership, 'room'>): void {
    const room = this.#room(roomId);
    room.admit(session, { ...membership, room });
    if (room.members.length === 1) this.#rooms.set(room.roomId, room);
  }

  /** Pushes new TURN credentials before the old ones die. */
  renewIceServers(session: Session): void {
    const { membership } = session;
    if (membership === undefined) return;
    const { iceServers, expiresAt } = this.#deps.iceServers(session.peerId);
    membership.iceRenewAt = renewAt(expiresAt, this.#deps.clock.now());
    session.send('ice:servers', { iceServers, expiresAt: isoTimeOrLast(expiresAt) });
  }

  #room(roomId: RoomId): Room {
    return this.#rooms.get(roomId) ?? new Room(roomId);
  }
}

/** A minute before the end, or half-way if the whole life is shorter than two; Infinity for what never ends. */
function renewAt(expiresAt: number, now: number): number {
  return Math.max(expiresAt - EXPIRY_WARNING_MS, now + (expiresAt - now) / 2);
}
