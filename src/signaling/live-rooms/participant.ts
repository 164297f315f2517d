import type { Identity, Profile } from '../../domain/identity.ts';
import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import { notInRoom } from '../../domain/refusals.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { ServerEvent, ServerPayload } from '../../protocol/events.ts';
import type { MediaChange, MediaState, Peer } from '../../protocol/fields.ts';
import type { SendKind } from '../../protocol/room-fields.ts';
import type { CallEnd } from '../calls/call-end.ts';
import { payloadText } from '../wire/payload-text.ts';

/** Receives a participant's events, and says how others see it. A session is one. */
export interface Recipient extends CallEnd {
  readonly identity: Pick<Identity, 'room'>;
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
}

/** `present`: its recipient is live. `away`: messages are kept until the session is resumed [SE2]. */
export type ParticipantState = 'present' | 'away';

interface ParticipantSettings {
  readonly recipient: Recipient;
  readonly room: Members;
  /** Any JSON; null if the newcomer gave none. */
  readonly userInfo: unknown;
  readonly media: MediaState;
  readonly host: boolean;
  readonly send: readonly SendKind[];
  /** When its hand was raised: milliseconds since 1970. Default: it is down. */
  readonly raisedAt?: number | undefined;
  readonly iceRenewAt: number;
}

/**
 * Somebody in a room. It knows nothing of connections: a session is its recipient today, and whatever takes its messages
 * can be.
 */
export class Participant {
  readonly recipient: Recipient;
  readonly room: Members;
  readonly userInfo: unknown;
  media: MediaState;
  /** Whether it may run the room [RM6]. */
  host: boolean;
  /** What it may send [RM6]. */
  send: readonly SendKind[];
  /** When its hand was raised: milliseconds since 1970; undefined while it is down [RM10]. */
  raisedAt: number | undefined;
  /** When it needs new TURN credentials: milliseconds since 1970, Infinity for never. */
  iceRenewAt: number;

  constructor({ recipient, room, userInfo, media, host, send, raisedAt, iceRenewAt }: ParticipantSettings) {
    this.recipient = recipient;
    this.room = room;
    this.userInfo = userInfo;
    this.media = media;
    this.host = host;
    this.send = send;
    this.raisedAt = raisedAt;
    this.iceRenewAt = iceRenewAt;
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

  /** Its name in this room [TK4]. */
  get displayName(): string | null {
    const { identity, profile } = this.recipient;
    const nameHere = identity.room?.id === this.room.roomId ? identity.room.name : null;
    return nameHere ?? profile.displayName;
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

  /** Changes the media that `change` names, and tells the others. */
  setMedia(change: MediaChange): void {
    this.media = { ...this.media, ...change };
    this.tellOthers('peer:media', { peerId: this.peerId, ...this.media });
  }

  tellSpeaking(speaking: boolean): void {
    this.tellOthers('peer:speaking', { peerId: this.peerId, speaking });
  }

  tellTyping(typing: boolean): void {
    this.tellOthers('peer:typing', { peerId: this.peerId, typing });
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
