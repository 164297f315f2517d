import type { CreateRoomRequest } from '../protocol/bodies.ts';
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

/** A call that is over: it lasted from two inside to fewer. */
export interface PastCall {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly endedAt: string;
  /** The most people at once. */
  readonly peak: number;
  /** One entry per user; `userId` and `displayName` are null once the user is deleted. */
  readonly participants: readonly {
    readonly userId: string | null;
    readonly displayName: string | null;
    readonly seconds: number;
  }[];
}

/** Somebody who is banned from a room. */
export interface Ban {
  readonly userId: string;
  readonly displayName: string | null;
  /** When; ISO 8601. */
  readonly at: string;
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

/** An invitation to a room, without its secret. */
export interface Invitation {
  readonly id: string;
  readonly host: boolean;
  readonly send: readonly SendKind[];
  readonly skipKnock: boolean;
  /** Null: any number. */
  readonly uses: number | null;
  readonly used: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; null: never. */
  readonly expiresAt: string | null;
}

/** What a host may change of a room; null clears a field. */
export type RoomChange = {
  readonly [Field in keyof CreateRoomRequest]?:
    | CreateRoomRequest[Field]
    | (Field extends 'name' | 'password' ? null : never);
};
