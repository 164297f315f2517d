import type { Publisher } from '../../domain/events.ts';
import type { PeerId, RoomId } from '../../domain/ids.ts';
import { alreadyInRoom } from '../../domain/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import type { LeaveReason } from '../../protocol/events.ts';
import type { IceServer, MediaState, Peer } from '../../protocol/fields.ts';
import { type Room, SEND_KINDS, type SendKind } from '../../protocol/room-fields.ts';
import type { CallEnd } from '../calls/call-end.ts';
import { payloadText } from '../wire/payload-text.ts';
import { LiveRoom } from './live-room.ts';
import { Participant, type Recipient } from './participant.ts';

/** Milliseconds before TURN credentials expire at which new ones are sent. */
const RENEWAL_LEAD_MS = 60_000;

/** STUN and TURN servers for one peer. */
export interface IceGrant {
  readonly iceServers: IceServer[];
  /** When its credentials expire: milliseconds since 1970, Infinity if it has none. */
  readonly expiresAt: number;
}

/** What is stored about a room. */
export type RoomFacts = Readonly<Omit<Room, 'participants' | 'id'>> & { readonly id: RoomId };

/** A join that nothing but the room's capacity can refuse any more. */
export interface JoinRequest {
  readonly room: RoomFacts;
  /** Any JSON. Default: null. */
  readonly userInfo?: unknown;
  /** Default: all off. */
  readonly media?: MediaState | undefined;
  /** Whether the newcomer may run the room [RM6]. Default: no. */
  readonly host?: boolean | undefined;
  /** What the newcomer may send. Default: everything. */
  readonly send?: readonly SendKind[] | undefined;
  /** The message id that `room:joined` answers. */
  readonly re?: number | undefined;
}

/** A place in a room, as it was before a restart. */
export type SavedPlace = Pick<
  Participant,
  'userInfo' | 'media' | 'host' | 'send' | 'raisedAt' | 'iceRenewAt'
>;

export interface LiveRoomsDeps {
  readonly clock: Clock;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** Ends the calls that one has with any of the others. */
  readonly hangUpOn: (end: CallEnd, others: readonly Participant[]) => void;
  /** Removes an away participant whose user has joined the room again. */
  readonly replace: (former: Participant) => void;
  readonly events: Publisher;
}

const NO_MESSAGE_YET = Object.freeze({ lastId: null });
const ALL_OFF: MediaState = Object.freeze({ audio: false, video: false, screen: false });

/** The rooms that have participants, and who joins and leaves them [RM1]–[RM4]. */
export class LiveRooms {
  readonly #deps: LiveRoomsDeps;
  readonly #rooms = new Map<string, LiveRoom>();

  constructor(deps: LiveRoomsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The room's participants, in the order in which they came. */
  membersOf(roomId: string): readonly Participant[] {
    return this.#rooms.get(roomId)?.members ?? [];
  }

  /** How many participants the room has, those who are away included. */
  countIn(roomId: string): number {
    return this.membersOf(roomId).length;
  }

  /** The participants as a newcomer would see them. */
  peersOf(roomId: string): Peer[] {
    return this.#rooms.get(roomId)?.peersBut() ?? [];
  }

  /** Whether a participant of this user is away: then the user may join again, and takes its place [RM8]. */
  isAway(roomId: string, userId: string): boolean {
    return this.#rooms.get(roomId)?.awayOf(userId) !== undefined;
  }

  /**
   * Checks everything before it changes anything, all in one tick: a refusal leaves everything as it was.
   * @throws ParleyError `room_full`, `already_in_room`
   */
  join(recipient: Recipient, request: JoinRequest): void {
    if (recipient.participant !== undefined) {
      throw alreadyInRoom();
    }
    const { room: facts, userInfo = null, media = ALL_OFF, host = false, send = SEND_KINDS, re } = request;
    const room = this.#findOrCreate(facts.id);
    const former = room.awayOf(recipient.userId);
    if (former === undefined) room.checkCapacity(facts.max);
    const { iceServers, expiresAt } = this.#deps.iceServers(recipient.peerId);
    const iceRenewAt = renewAt(expiresAt, this.#deps.clock.now());
    if (former !== undefined) this.#deps.replace(former);
    const participant = new Participant({ recipient, room, userInfo, media, host, send, iceRenewAt });
    this.#add(room, participant);
    recipient.send(
      'room:joined',
      {
        room: describeRoom(facts, room.members.length),
        peerId: recipient.peerId,
        peers: room.peersBut(participant),
        iceServers,
        you: { host, send: [...send] },
        data: {},
        chat: NO_MESSAGE_YET,
      },
      re,
    );
    if (room.members.length > 1) participant.tellOthers('peer:joined', { peer: participant.describe(false) });
    const { peerId, userId, displayName } = participant;
    this.#deps.events.publish('peer.joined', { peerId, roomId: facts.id, userId, displayName });
  }

  /** Takes a participant out of its room; its session, if it has one, lives on. */
  leave(participant: Participant, reason: LeaveReason): void {
    const { recipient, peerId } = participant;
    const { roomId, members } = participant.room;
    this.#deps.hangUpOn(recipient, members);
    participant.tellOthers('peer:left', { peerId, reason });
    const room = this.#findOrCreate(roomId);
    room.remove(participant);
    const { userId, displayName } = participant;
    this.#deps.events.publish('peer.left', { peerId, roomId, userId, displayName, reason });
    if (room.members.length > 0) return;
    this.#rooms.delete(roomId);
    // The replacement joins before this tick is over.
    if (reason !== 'replaced') this.#deps.events.publish('room.emptied', { roomId });
  }

  /** Sends `room:updated` to everybody in the room. */
  tellChange(facts: RoomFacts): void {
    const members = this.membersOf(facts.id);
    const body = payloadText('room:updated', { room: describeRoom(facts, members.length) });
    for (const member of members) member.deliverText('room:updated', body);
  }

  /** Gives back a place after a restart. Call it in the order in which a room's participants came. */
  restore(recipient: Recipient, roomId: RoomId, place: SavedPlace): void {
    const room = this.#findOrCreate(roomId);
    this.#add(room, new Participant({ ...place, recipient, room }));
  }

  /** Delivers new TURN credentials before the old ones expire. */
  renewIceServers(participant: Participant): void {
    const { iceServers, expiresAt } = this.#deps.iceServers(participant.peerId);
    participant.iceRenewAt = renewAt(expiresAt, this.#deps.clock.now());
    participant.deliver('ice:servers', { iceServers, expiresAt: isoTimeOrLast(expiresAt) });
  }

  #findOrCreate(roomId: RoomId): LiveRoom {
    return this.#rooms.get(roomId) ?? new LiveRoom(roomId);
  }

  /** Keeps the room from its first participant on. */
  #add(room: LiveRoom, participant: Participant): void {
    room.add(participant);
    if (room.members.length === 1) this.#rooms.set(room.roomId, room);
  }
}

/** Each field by name: an object that is spread takes three times as long to make and to write. */
function describeRoom(facts: RoomFacts, participants: number): Room {
  return {
    id: facts.id,
    name: facts.name,
    ownerId: facts.ownerId,
    max: facts.max,
    hasPassword: facts.hasPassword,
    locked: facts.locked,
    persistent: facts.persistent,
    listed: facts.listed,
    waitingRoom: facts.waitingRoom,
    chat: facts.chat,
    relayOnly: facts.relayOnly,
    notBefore: facts.notBefore,
    expiresAt: facts.expiresAt,
    endAtExpiry: facts.endAtExpiry,
    emptySeconds: facts.emptySeconds,
    metadata: facts.metadata,
    createdAt: facts.createdAt,
    participants,
  };
}

/** A minute before the credentials expire, or half-way if they live less than two; Infinity if they never expire. */
function renewAt(expiresAt: number, now: number): number {
  return Math.max(expiresAt - RENEWAL_LEAD_MS, now + (expiresAt - now) / 2);
}
