import { ParleyError } from '../../domain/errors.ts';
import type { RoomId } from '../../domain/ids.ts';
import type { ServerEvent, ServerPayload } from '../../protocol/events.ts';
import type { MediaState, Peer } from '../../protocol/fields.ts';
import type { Inside, Membership, Session } from '../session/session.ts';

export const ALL_OFF: MediaState = Object.freeze({ audio: false, video: false, screen: false });

/** Who is inside a room, in the order in which they came: of two peers the later comer is polite [RM2]. */
export class Room implements Inside {
  readonly roomId: RoomId;
  /** Made anew at each change: a list that grows by itself takes room for 17 from the first one on. */
  members: readonly Session[] = [];

  constructor(roomId: RoomId) {
    this.roomId = roomId;
  }

  /** @throws ParleyError `room_full` */
  checkCapacity(max: number): void {
    if (this.members.length < max) return;
    throw new ParleyError('room_full', `all ${max} places are taken: try again when somebody has left`);
  }

  /** The oldest suspended session of this user inside: its place is the user's [RM8]. */
  awayOf(userId: string): Session | undefined {
    return this.members.find((member) => member.userId === userId && !member.isLive);
  }

  /** Puts a session at the end of the line, full or not: after a restart, all have their places. */
  admit(session: Session, membership: Membership): void {
    session.membership = membership;
    this.members = [...this.members, session];
  }

  remove(session: Session): void {
    session.membership = undefined;
    this.members = this.members.filter((member) => member !== session);
  }

  /** The others, as `session` (the latest comer) or somebody who has yet to come sees them [RM1]. */
  peersBut(session?: Session): Peer[] {
    return this.members.filter((member) => member !== session).map((member) => describePeer(member, true));
  }
}

/** Tells everybody else in the session's room, if it is in one; the text is made once. */
export function tellOthers<Event extends ServerEvent>(
  session: Session,
  event: Event,
  payload: ServerPayload<Event>,
): void {
  const members = session.membership?.room.members;
  if (members === undefined || members.length < 2) return;
  const body = JSON.stringify(payload);
  for (const member of members) if (member !== session) member.sendText(event, body);
}

/** @param polite whether the reader is the polite side toward this peer */
export function describePeer(session: Session, polite: boolean): Peer {
  const { profile } = session;
  return {
    peerId: session.peerId,
    userId: profile.id,
    username: profile.username,
    displayName: profile.displayName,
    userInfo: session.membership?.userInfo ?? null,
    media: session.membership?.media ?? ALL_OFF,
    state: session.isLive ? 'live' : 'suspended',
    polite,
  };
}
