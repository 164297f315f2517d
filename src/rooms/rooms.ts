import type { RoomId, UserId } from '../lib/ids.ts';
import type { CreateRoomRequest } from '../protocol/bodies.ts';
import type { Room } from '../protocol/fields.ts';
import type { Identity } from '../signaling/identity.ts';

/** A room as it is kept. `{...record, participants}` is the room on the wire. */
export type RoomRecord = Readonly<Omit<Room, 'id' | 'ownerId' | 'participants'>> & {
  readonly id: RoomId;
  readonly ownerId: UserId | null;
};

export interface Admission {
  readonly roomId: RoomId;
  readonly identity: Identity;
  readonly password: string | undefined;
  /** The client's, for the limit on wrong passwords [RM7]. */
  readonly address: string;
}

/** The rooms there are, and who may enter them. Who is inside is `signaling/hub`'s. */
export interface Rooms {
  create(ownerId: UserId, request: CreateRoomRequest): Promise<RoomRecord>;
  find(roomId: string): RoomRecord | undefined;
  /**
   * The room, if this user may enter it; a promise only where a password has to be hashed. Capacity is not looked
   * at here: it is decided at the moment of entry.
   * @throws ParleyError `room_not_found`, `password_required`, `wrong_password`, `forbidden` (a token for another
   *   room [TK4]), `rate_limited` [RM7]
   */
  admit(admission: Admission): RoomRecord | Promise<RoomRecord>;
  /** Somebody is inside: the room stays. */
  entered(roomId: RoomId): void;
  /** The last peer left: the room goes in a minute, unless it is persistent [RM5]. */
  emptied(roomId: RoomId): void;
  /** Removes the rooms whose time is up; run by a timer of its own. */
  sweep(): void;
  close(): void;
}
