import type { RoomId, UserId } from '../../domain/ids.ts';
import type { RightsChange } from '../../domain/room-rights.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { SendKind } from '../../protocol/room-fields.ts';

/** What a room grants a user, whatever token the user comes with [RM6]. */
export interface StoredRights {
  /** Null: as the token says. */
  readonly host: boolean | null;
  /** Null: as the token says. */
  readonly send: readonly SendKind[] | null;
  readonly skipKnock: boolean;
  /** Whether the user came by an invitation, and needs no password. */
  readonly invited: boolean;
}

/** Rights of users in rooms. They go with their room and with their user. */
export interface RoomRightsStore {
  find(roomId: RoomId, userId: UserId): Awaitable<StoredRights | undefined>;
  /**
   * Durable. Does nothing if the room or the user is gone.
   * @returns false, and stores nothing, if the room has granted rights to `max` other users
   */
  change(roomId: RoomId, userId: UserId, change: RightsChange, max: number): Awaitable<boolean>;
}

export interface RoomInvitationRow {
  readonly id: string;
  /** Whether it makes its users hosts. */
  readonly host: boolean;
  /** What its users may send from then on; null: it changes nothing. */
  readonly send: readonly SendKind[] | null;
  readonly skipKnock: boolean;
  /** How many users may use it; null: without limit. */
  readonly uses: number | null;
  /** How many users have used it. */
  readonly used: number;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
}

/** `hash`: the SHA-256 of its secret. */
export type NewRoomInvitation = Omit<RoomInvitationRow, 'used'> & {
  readonly roomId: RoomId;
  readonly hash: Buffer;
};

export interface InvitationBounds {
  /** Max invitations of a room that can still be used. */
  readonly living: number;
  /** Max invitations of a room, with those that are used up: of these, the oldest make room. */
  readonly kept: number;
}

/** Somebody who comes with the secret of an invitation. */
export interface InvitationUse {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly hash: Buffer;
  readonly now: number;
}

/**
 * `used`: the user has the invitation's rights now. `used_before`: by this user, so nothing has changed. `refused`: there is
 * no such invitation, or it has expired or is used up, or the user is gone. `full`: the room has granted rights to as many
 * users as it may.
 */
export type InvitationOutcome = 'used' | 'used_before' | 'refused' | 'full';

/** Invitations into rooms. They go with their room. */
export interface RoomInvitationStore {
  /** Durable. Returns false, and stores nothing, beyond the bounds. Expired ones make room. */
  insert(invitation: NewRoomInvitation, bounds: InvitationBounds): Awaitable<boolean>;
  /** Those of a room that haven't expired at `now`, used-up ones too, oldest first. */
  list(roomId: RoomId, now: number): Awaitable<readonly RoomInvitationRow[]>;
  /** Durable. Returns false if the room has none with this id. */
  remove(roomId: RoomId, id: string): Awaitable<boolean>;
  /**
   * Durable. Gives the user the invitation's rights, and uses it up, once per user.
   * @param max users to whom the room may grant rights
   */
  use(use: InvitationUse, max: number): Awaitable<InvitationOutcome>;
}
