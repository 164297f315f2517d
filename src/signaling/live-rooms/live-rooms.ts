import type { Publisher } from '../../domain/events.ts';
import type { Ids, PeerId, RoomId } from '../../domain/ids.ts';
import { alreadyInRoom } from '../../domain/refusals.ts';
import { NOTHING_GRANTED } from '../../domain/room-rights.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LeaveReason } from '../../protocol/events.ts';
import type { MediaState, Peer } from '../../protocol/fields.ts';
import type { CallEnd } from '../calls/call-end.ts';
import { payloadText } from '../wire/payload-text.ts';
import { Expectations } from './expectations.ts';
import { type HeldPlace, HeldPlaces } from './held-places.ts';
import { type IceGrant, renewAt } from './ice-renewal.ts';
import type { ExpectedUser, JoinRequest, SavedPlace } from './join-request.ts';
import { joinedReply } from './joined-reply.ts';
import { LiveRoom } from './live-room.ts';
import type { KeptMessage } from './mailboxes.ts';
import { OpenRooms } from './open-rooms.ts';
import { Participant, type Recipient } from './participant.ts';
import { describeRoom, type RoomFacts } from './room-facts.ts';

export interface LiveRoomsDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'peerId'>;
  readonly iceServers: (peerId: PeerId) => IceGrant;
  /** Id of the last message of a room's chat that is stored; null for none. */
  readonly lastMessageIn: (roomId: RoomId) => string | null;
  /** Ends the calls that one has with any of the others. */
  readonly hangUpOn: (end: CallEnd, others: readonly Participant[]) => void;
  /** Delivers what was kept for a user who was expected [CT4]. */
  readonly deliverKept: (to: Participant, kept: readonly KeptMessage[]) => void;
  /** Removes an away participant whose user has joined the room again. */
  readonly replace: (former: Participant) => void;
  readonly events: Publisher;
}

export type { JoinRequest, SavedPlace } from './join-request.ts';

/** Why somebody goes who is not to come back at once: a place that is held for that user goes too. */
const PUT_OUT: ReadonlySet<LeaveReason> = new Set(['kicked', 'banned', 'room_closed']);
export const ALL_OFF: MediaState = Object.freeze({ audio: false, video: false, screen: false });

/** The rooms that have participants, and who joins and leaves them [RM1]–[RM4]. */
export class LiveRooms {
  readonly #deps: LiveRoomsDeps;
  readonly #rooms: OpenRooms;
  /** The places that are held for those who are expected. */
  readonly held: HeldPlaces;
  /** Who is yet to come in. */
  readonly expected: Expectations;

  constructor(deps: LiveRoomsDeps) {
    this.#deps = deps;
    this.#rooms = new OpenRooms(deps.clock);
    this.held = new HeldPlaces({
      ...deps,
      isEmpty: (roomId) => !this.#rooms.has(roomId),
      released: ({ roomId, userId }) => this.forgetUser(roomId, userId),
    });
    this.expected = new Expectations(this.held, deps.clock);
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The rooms with participants that opened after a moment, the `openedAt` of one, the oldest first. Default: all. */
  all(after = 0): Iterable<LiveRoom> {
    return this.#rooms.after(after);
  }

  /** The room's participants, in the order in which they came. */
  membersOf(roomId: string): readonly Participant[] {
    return this.#rooms.get(roomId)?.members ?? [];
  }

  /** How many participants the room has, including those who are away and those who are expected. */
  countIn(roomId: string): number {
    return this.membersOf(roomId).length + this.expected.countIn(roomId);
  }

  /** Whether somebody is inside, even if away, or a place is held. Those whom a backend has added don't count. */
  isOccupied(roomId: string): boolean {
    return this.#rooms.has(roomId) || this.held.countIn(roomId) > 0;
  }

  /** The participants as a newcomer would see them. */
  peersOf(roomId: string): Peer[] {
    return this.#rooms.get(roomId)?.peersBut() ?? [];
  }

  /** Whether a participant of this user is away. */
  isAway(roomId: string, userId: string): boolean {
    return this.#rooms.get(roomId)?.awayOf(userId) !== undefined;
  }

  /** Whether a participant of this user is away, or a place is held: then the user may join, and takes that place [RM8]. */
  hasPlace(roomId: string, userId: string): boolean {
    return this.held.find(roomId, userId) !== undefined || this.isAway(roomId, userId);
  }

  /** Whether the user is inside, even if away, or expected. */
  isInside(roomId: string, userId: string): boolean {
    if (this.held.find(roomId, userId) !== undefined) return true;
    return this.membersOf(roomId).some((member) => member.userId === userId);
  }

  /**
   * Checks everything before it changes anything, all in one tick: a refusal leaves everything as it was.
   * @throws ParleyError `room_full`, `already_in_room`
   */
  join(recipient: Recipient, request: JoinRequest): void {
    if (recipient.participant !== undefined) throw alreadyInRoom();
    const { room: facts, media = ALL_OFF, granted = NOTHING_GRANTED, re } = request;
    const room = this.#findOrCreate(facts.id);
    const former = room.awayOf(recipient.userId);
    const place = this.held.find(facts.id, recipient.userId);
    const added = this.expected.added.find(facts.id, recipient.userId);
    if (former === undefined && place === undefined && added?.expected !== true)
      this.#checkCapacity(room, facts.max);
    if (place !== undefined) this.held.take(place, recipient.peerId);
    const { iceServers, expiresAt } = this.#deps.iceServers(recipient.peerId);
    const since = this.#deps.clock.now();
    const iceRenewAt = renewAt(expiresAt, since);
    if (former !== undefined) this.#deps.replace(former);
    // [CT0] The backend's word wins.
    const userInfo =
      added?.userInfo ?? (request.userInfo === undefined ? (place?.userInfo ?? null) : request.userInfo);
    if (added !== undefined) this.expected.added.arrived(facts.id, recipient.userId);
    const lastId = this.#deps.lastMessageIn(facts.id);
    // A user who is inside with another session was let in then [CH3].
    const letIn = former ?? room.firstOf(recipient.userId) ?? place;
    const chatSince = letIn?.chatSince ?? lastId ?? '';
    const about = { userInfo, media, granted, chatSince };
    const participant = new Participant({ recipient, room, ...about, since, iceRenewAt });
    const constraints = this.expected.media.take(facts.id, recipient.userId);
    if (constraints !== undefined) participant.adopt(constraints);
    this.#add(room, participant);
    const seen = describeRoom(facts, room.members.length + this.expected.countIn(facts.id));
    const found = { room: seen, inside: room, iceServers, lastId };
    recipient.send('room:joined', joinedReply(participant, found), re);
    if (room.members.length > 1) participant.tellOthers('peer:joined', { peer: participant.describe(false) });
    const { peerId, userId, displayName } = participant;
    this.#deps.events.publish('peer.joined', { peerId, roomId: facts.id, userId, displayName });
    if (constraints !== undefined) participant.deliver('peer:media', { peerId, ...participant.media });
    const kept = this.expected.mailboxes.take(facts.id, userId);
    if (kept.length > 0) this.#deps.deliverKept(participant, kept);
  }

  /** Takes a participant out of its room; its session, if it has one, lives on. */
  leave(participant: Participant, reason: LeaveReason): void {
    const { recipient, peerId, userId, displayName } = participant;
    const { roomId, members } = participant.room;
    this.#deps.hangUpOn(recipient, members);
    participant.tellOthers('peer:left', { peerId, reason });
    const room = this.#findOrCreate(roomId);
    room.remove(participant);
    this.expected.offers.leave(roomId, { userId, peerId });
    this.#deps.events.publish('peer.left', { peerId, roomId, userId, displayName, reason });
    const place = this.held.find(roomId, participant.userId);
    if (place !== undefined) {
      // Nobody else stands for it any more.
      place.shared = false;
      if (PUT_OUT.has(reason)) this.held.release(place);
    }
    this.forgetUser(roomId, userId);
    if (room.members.length > 0) return;
    this.#rooms.close(roomId);
    // The replacement joins before this tick is over.
    if (reason === 'replaced' || this.held.countIn(roomId) > 0) return;
    this.#deps.events.publish('room.emptied', { roomId });
  }

  /**
   * Holds a place for somebody who comes with a WebSocket in a moment, or goes on holding it. Capacity isn't asked if the user
   * has a place already [RM8].
   * @throws ParleyError `room_full`; `rate_limited` if too many places are held for the user
   */
  hold(user: ExpectedUser, { room: facts, userInfo }: Pick<JoinRequest, 'room' | 'userInfo'>): HeldPlace {
    const { userId } = user;
    const roomId = facts.id;
    const room = this.#findOrCreate(roomId);
    const shared = room.awayOf(userId) !== undefined;
    if (!shared && !this.expected.has(roomId, userId)) this.#checkCapacity(room, facts.max);
    this.held.checkCount(roomId, userId);
    const chatSince = room.firstOf(userId)?.chatSince ?? this.#deps.lastMessageIn(roomId) ?? '';
    return this.held.hold(user, { roomId, userInfo, chatSince, shared });
  }

  /** Above which message the user of a held place reads [CH3]; undefined if none is held. */
  heldSince(roomId: string, userId: string): string | undefined {
    return this.held.find(roomId, userId)?.chatSince;
  }

  /** Gives up the place that is held for the user, or all of the room's. */
  release(roomId: string, userId?: string): void {
    if (userId === undefined) {
      this.held.releaseAll(this.held.in(roomId));
      return;
    }
    const place = this.held.find(roomId, userId);
    if (place !== undefined) this.held.release(place);
  }

  /** Takes all of the user's participants out of the room, tells them so, and gives up the place that is held. */
  leaveAll(roomId: RoomId, userId: string): void {
    this.release(roomId, userId);
    for (const member of this.membersOf(roomId).filter((one) => one.userId === userId)) {
      this.leave(member, 'left');
      member.deliver('room:left', { roomId });
    }
  }

  /** Forgets what is kept for a user, unless it is inside or expected. */
  forgetUser(roomId: string, userId: string): void {
    if (this.isInside(roomId, userId) || this.expected.has(roomId, userId)) return;
    this.expected.forgetUser(roomId, userId);
  }

  /** Whether another peer of this user fits in. */
  hasRoomFor(userId: string, { id, max }: Pick<RoomFacts, 'id' | 'max'>): boolean {
    return this.isAway(id, userId) || this.expected.has(id, userId) || this.countIn(id) < max;
  }

  /** The participant is live again. A place that was held in place of it is needed no longer. */
  returned({ room, userId }: Participant): void {
    const place = this.held.find(room.roomId, userId);
    if (place?.shared === true) this.held.release(place);
  }

  /** Sends `room:updated` to everybody in the room. */
  tellChange(facts: RoomFacts): void {
    const body = payloadText('room:updated', { room: describeRoom(facts, this.countIn(facts.id)) });
    for (const member of this.membersOf(facts.id)) member.deliverText('room:updated', body);
  }

  /** Gives back a place after a restart. Call it in the order in which a room's participants came. */
  restore(recipient: Recipient, roomId: RoomId, place: SavedPlace): void {
    const room = this.#findOrCreate(roomId);
    this.#add(room, new Participant({ ...place, recipient, room }));
  }

  /** Gives the room back what those inside share. It is gone if none of them is back. */
  restoreData(roomId: RoomId, data: Iterable<readonly [key: string, value: unknown]>): void {
    for (const [key, value] of data) this.#rooms.get(roomId)?.share(key, value);
  }

  #checkCapacity(room: LiveRoom, max: number): void {
    room.checkCapacity(max, this.expected.countIn(room.roomId));
  }

  #findOrCreate(roomId: RoomId): LiveRoom {
    return this.#rooms.get(roomId) ?? new LiveRoom(roomId);
  }

  /** Keeps the room from its first participant on. */
  #add(room: LiveRoom, participant: Participant): void {
    room.add(participant);
    if (room.members.length === 1) this.#rooms.open(room);
  }
}
