import { ParleyError } from '../../domain/errors.ts';
import type { RoomId } from '../../domain/ids.ts';
import type { Peer } from '../../protocol/fields.ts';
import type { Members, Participant } from './participant.ts';
import { SharedData } from './shared-data.ts';

/** Who is in one room, in the order in which they came: of two peers the later comer is polite [RM2]. */
export class LiveRoom implements Members {
  readonly roomId: RoomId;
  /** When its first participant came, in milliseconds since 1970, with a fraction that no other room has. `OpenRooms` says it. */
  openedAt = 0;
  /** Replaced at each change: an array that grows in place reserves memory for 17 from its first element on. */
  members: readonly Participant[] = [];
  /** What those inside share; undefined until they share anything [RM9]. */
  data: SharedData | undefined;

  constructor(roomId: RoomId) {
    this.roomId = roomId;
  }

  /** @param expected how many people have a place that is held. @throws ParleyError `room_full` */
  checkCapacity(max: number, expected: number): void {
    if (this.members.length + expected < max) return;
    throw new ParleyError('room_full', `All ${max} places are taken. Try again when somebody has left.`);
  }

  /** The user's participant here that has been away longest: a newcomer of the same user takes its place [RM8]. */
  awayOf(userId: string): Participant | undefined {
    return this.members.find((member) => member.userId === userId && member.state === 'away');
  }

  /** The first of this user's participants here. */
  firstOf(userId: string): Participant | undefined {
    return this.members.find((member) => member.userId === userId);
  }

  /** Adds a participant at the end, even to a full room: after a restart everybody keeps their place. */
  add(participant: Participant): void {
    participant.recipient.participant = participant;
    this.members = [...this.members, participant];
  }

  remove(participant: Participant): void {
    participant.recipient.participant = undefined;
    this.members = this.members.filter((member) => member !== participant);
  }

  share(key: string, value: unknown): void {
    this.data ??= new SharedData();
    this.data.set(key, value);
    if (this.data.size === 0) this.data = undefined;
  }

  /** The other peers as the newest one sees them, or all peers as a newcomer would see them [RM1]. */
  peersBut(participant?: Participant): Peer[] {
    return this.members.filter((member) => member !== participant).map((member) => member.describe(true));
  }
}
