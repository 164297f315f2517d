import type { EditRoomRequest } from '../protocol/room-bodies.ts';
import type { Room, SendKind } from '../protocol/room-fields.ts';

/** A room that was just created. */
export interface CreatedRoom {
  readonly room: Room;
  /** The link to send to others. */
  readonly url: string;
}

/** A room and the tag of this state, to change only what one has seen: `rooms.update(…, { ifMatch: etag })`. */
export interface TaggedRoom {
  readonly room: Room;
  readonly etag: string | undefined;
}

/** Which page of a list to read. */
export interface PageQuery {
  /** Items per page: 1–100, default 50. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly after?: string | undefined;
}

/** A page of a list. `nextCursor`: what to pass as `after` for the next page; null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** What an invitation gives to whoever comes by it, in this room. It replaces the room's password. */
export interface InvitationRequest {
  /** Makes them hosts; default false. */
  readonly host?: boolean | undefined;
  /** What they may send; default: everything. */
  readonly send?: readonly SendKind[] | undefined;
  /** Whether they needn't wait to be let in; default false. */
  readonly skipKnock?: boolean | undefined;
  /** How many users may come by it; default: any number. */
  readonly uses?: number | undefined;
  /** ISO 8601; default: never. */
  readonly expiresAt?: string | undefined;
}

/** An invitation that was just made. `url` has its secret, which nobody can read again. */
export interface CreatedInvitation {
  readonly id: string;
  readonly url: string;
}

/** What a host may change of a room: what isn't named stays. Null clears `name`, `password`, `notBefore` and `expiresAt`. */
export type RoomChange = EditRoomRequest;
