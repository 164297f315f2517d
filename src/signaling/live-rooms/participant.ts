import type { Identity, Profile } from '../../domain/identity.ts';
import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import { notInRoom } from '../../domain/refusals.ts';
import { type Granted, isHost, type RightsChange, sendRights } from '../../domain/room-rights.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { ServerEvent, ServerPayload } from '../../protocol/events.ts';
import type { MediaChange, MediaState, Peer } from '../../protocol/fields.ts';
import type { SendKind } from '../../protocol/room-fields.ts';
import type { CallEnd } from '../calls/call-end.ts';
import { payloadText } from '../wire/payload-text.ts';

/** Receives a participant's events, and says how others see it. A session is one. */
export interface Recipient extends CallEnd {
  readonly identity: Pick<Identity, 'role' | 'room'>;
  readonly profile: Profile;
  /** Whether a client is connected. If not, messages are kept. */
  readonly isLive: boolean;
  /** Its place in a room, if it has one. */
  participant: Participant | undefined;
  /** @param body JSON text */
  sendText(event: ServerEvent, body: string | undefined, re?: number): void;
}

/** Participants of a room, in the order in which they came. */
export interface Members {
  readonly roomId: RoomId;
  readonly members: readonly Participant[];
  /** Sets a key of what they share; null deletes it. @throws ParleyError `too_large` [RM9] */
  share(key: string, value: unknown): void;
}

/** `present`: its recipient is live. `away`: messages are kept until the session is resumed [SE2]. */
export type ParticipantState = 'present' | 'away';

/** What a participant may do [RM6]. */
interface Rights {
  readonly host: boolean;
  readonly send: readonly SendKind[];
}

interface ParticipantSettings {
  readonly recipient: Recipient;
  readonly room: Members;
  /** Any JSON; null if the newcomer gave none. */
  readonly userInfo: unknown;
  readonly media: MediaState;
  readonly granted: Granted;
  /** Its name in this room, if it has told another than its user's. */
  readonly ownName?: string | undefined;
  /** When its hand was raised: milliseconds since 1970. Default: it is down. */
  readonly raisedAt?: number | undefined;
  readonly chatSince: string;
  readonly since: number;
  readonly iceRenewAt: number;
}

/**
 * Somebody in a room. It knows nothing of connections: a session is its recipient today, and whatever takes its messages
 * can be.
 */
export class Participant {
  readonly recipient: Recipient;
  readonly room: Members;
  userInfo: unknown;
  media: MediaState;
  /** What the room grants its user, besides what its token says [RM6]. */
  granted: Granted;
  /** Its name in this room, if it has told another than its user's [RM11]. */
  ownName: string | undefined;
  /** When its hand was raised: milliseconds since 1970; undefined while it is down [RM10]. */
  raisedAt: number | undefined;
  /** Under `since_join` it reads the messages with ids above this one [CH3]. */
  readonly chatSince: string;
  /** When it came in: milliseconds since 1970. */
  readonly since: number;
  /** When it needs new TURN credentials: milliseconds since 1970, Infinity for never. */
  iceRenewAt: number;

  constructor(settings: ParticipantSettings) {
    this.recipient = settings.recipient;
    this.room = settings.room;
    this.userInfo = settings.userInfo;
    this.media = settings.media;
    this.granted = settings.granted;
    this.ownName = settings.ownName;
    this.raisedAt = settings.raisedAt;
    this.chatSince = settings.chatSince;
    this.since = settings.since;
    this.iceRenewAt = settings.iceRenewAt;
  }

  get peerId(): PeerId {
    return this.recipient.peerId;
  }

  get userId(): UserId {
    return this.recipient.userId;
  }

  get profile(): Profile {
    return this.recipient.profile;
  }

  /** Its name in this room: what it has told, else what its token says [TK4], else its user's. */
  get displayName(): string | null {
    const { identity, profile } = this.recipient;
    const nameHere = identity.room?.id === this.room.roomId ? identity.room.name : null;
    return this.ownName ?? nameHere ?? profile.displayName;
  }

  /** Whether it may run the room [RM6]. Follows its token and its role. */
  get host(): boolean {
    return isHost(this.recipient.identity, this.granted);
  }

  /** What it may send [RM6]. */
  get send(): readonly SendKind[] {
    return sendRights(this.recipient.identity, this.granted);
  }

  get state(): ParticipantState {
    return this.recipient.isLive ? 'present' : 'away';
  }

  deliver<Event extends ServerEvent>(event: Event, payload: ServerPayload<Event>): void {
    this.recipient.send(event, payload);
  }

  /** Delivers a payload that is JSON text already, such as one that several participants get. */
  deliverText(event: ServerEvent, body: string | undefined): void {
    this.recipient.sendText(event, body);
  }

  /** Tells everybody else in the room. */
  tellOthers<Event extends ServerEvent>(event: Event, payload: ServerPayload<Event>): void {
    const { members } = this.room;
    if (members.length < 2) return;
    const body = payloadText(event, payload);
    for (const member of members) if (member !== this) member.deliverText(event, body);
  }

  /** Tells everybody in the room, this participant too. @param re the message id that its own copy answers */
  tellAll<Event extends ServerEvent>(event: Event, payload: ServerPayload<Event>, re?: number): void {
    const body = payloadText(event, payload);
    for (const { recipient } of this.room.members) {
      recipient.sendText(event, body, recipient === this.recipient ? re : undefined);
    }
  }

  /** Changes what the room grants its user, and tells everybody of what `change` names [RM6]. */
  changeRights({ host, send }: RightsChange): void {
    const { granted } = this;
    this.granted = { ...granted, host: host ?? granted.host, send: send ?? granted.send };
    if (host !== undefined) this.tellAll('peer:host', { peerId: this.peerId, host: this.host });
    if (send !== undefined) this.tellAll('peer:send', { peerId: this.peerId, send: [...this.send] });
  }

  /** What it may do at the moment, for `tellRightsSince`. */
  rights(): Rights {
    return { host: this.host, send: this.send };
  }

  /** Tells everybody of rights that have changed with its token or its role. */
  tellRightsSince(before: Rights | undefined): void {
    if (before === undefined) return;
    const { peerId, host, send } = this;
    if (host !== before.host) this.tellAll('peer:host', { peerId, host });
    if (send.join() !== before.send.join()) this.tellAll('peer:send', { peerId, send: [...send] });
  }

  /** Changes the media that `change` names, and tells the others. */
  setMedia(change: MediaChange): void {
    this.media = { ...this.media, ...change };
    this.tellOthers('peer:media', { peerId: this.peerId, ...this.media });
  }

  /** Changes the media that `change` names on a backend's word, and tells everybody, this participant too [CT1]. */
  constrain(change: MediaChange): void {
    this.media = { ...this.media, ...change };
    this.tellAll('peer:media', { peerId: this.peerId, ...this.media });
  }

  /** Takes over what a backend said before it came in, apart from what it may not send. Nobody is told. */
  adopt(change: MediaChange): void {
    const { send, media } = this;
    const sends = (kind: keyof MediaState): boolean =>
      change[kind] === true ? send.includes(kind) : (change[kind] ?? media[kind]);
    this.media = { audio: sends('audio'), video: sends('video'), screen: sends('screen') };
  }

  tellSpeaking(speaking: boolean): void {
    this.tellOthers('peer:speaking', { peerId: this.peerId, speaking });
  }

  tellTyping(typing: boolean): void {
    this.tellOthers('peer:typing', { peerId: this.peerId, typing });
  }

  /** Raises its hand, or lowers it, and tells all. One that is up keeps its time [RM10]. @param now milliseconds since 1970 */
  setHand(raised: boolean, now: number): void {
    if (raised === (this.raisedAt !== undefined)) return;
    this.raisedAt = raised ? now : undefined;
    this.tellAll('peer:hand', { peerId: this.peerId, raised, at: raised ? isoTime(now) : null });
  }

  /** Shows the others an emoji. It isn't kept for those who are away [RM10]. */
  react(emoji: string): void {
    const body = payloadText('peer:reaction', { peerId: this.peerId, emoji });
    for (const member of this.room.members) {
      if (member !== this && member.recipient.isLive) member.deliverText('peer:reaction', body);
    }
  }

  /** Changes what it tells of itself in this room, and tells all; what is undefined stays [RM11]. */
  update({ displayName, userInfo }: { displayName?: string | undefined; userInfo?: unknown }): void {
    if (displayName !== undefined) this.ownName = displayName;
    if (userInfo !== undefined) this.userInfo = userInfo;
    this.tellAll('peer:updated', {
      peerId: this.peerId,
      displayName: this.displayName,
      userInfo: this.userInfo,
    });
  }

  /** Shares a value with all inside. @param re the message id that its own copy answers. @throws ParleyError `too_large` */
  share(key: string, value: unknown, re?: number): void {
    this.room.share(key, value);
    this.tellAll('room:data', { key, value, by: this.peerId }, re);
  }

  /** How others see it [RM1]. @param polite whether the reader is the polite side toward this peer [RM2] */
  describe(polite: boolean): Peer {
    const { peerId, profile, isLive } = this.recipient;
    const { id, username } = profile;
    return {
      peerId,
      userId: id,
      username,
      displayName: this.displayName,
      userInfo: this.userInfo,
      media: this.media,
      state: isLive ? 'live' : 'suspended',
      polite,
      host: this.host,
      send: [...this.send],
      hand: this.raisedAt === undefined ? null : isoTime(this.raisedAt),
    };
  }
}

/** @throws ParleyError `not_in_room` */
export function participantOf({ participant }: Pick<Recipient, 'participant'>): Participant {
  if (participant === undefined) throw notInRoom();
  return participant;
}
