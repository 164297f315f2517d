import type { User, UserKind, UserRole } from '../protocol/fields.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { RoomId, UserId } from './ids.ts';

/** A user as others see it. A snapshot: holders replace it when the user changes. */
export type Profile = User & { readonly id: UserId };

/** What a token says about the one room that it opens [TK4]. */
export interface RoomClaim {
  readonly id: RoomId;
  readonly admin: boolean;
  /** The peer's display name there. */
  readonly name: string | null;
  /** What the peer may send there; null: everything. */
  readonly send: readonly SendKind[] | null;
  /** Whether the peer passes the waiting room. */
  readonly skipKnock: boolean;
  /** When the token was issued, in seconds since 1970; null if it doesn't say. */
  readonly issuedAt: number | null;
}

/**
 * Who the bearer of a verified access token is, and what the token allows: ids and rights. Names and pictures are in
 * the `Profile`. Only `accounts/` makes identities.
 */
export interface Identity {
  readonly userId: UserId;
  readonly kind: UserKind;
  /** The login that the token belongs to; null for tokens of other issuers. Ending it ends its sessions. */
  readonly loginId: string | null;
  /** When the access token stops being accepted, 30 s after its `exp` [TK3]: milliseconds since 1970. */
  readonly expiresAt: number;
  /** `service`: a backend that controls rooms. `admin`: a user who runs the server. */
  readonly role: string | null;
  /** The token's own `role` claim, if it counts [TK1]. It applies unless the store has a role for the user. */
  readonly claimedRole: string | null;
  /** The token opens this room without its password, and no other [TK4]. */
  readonly room: RoomClaim | null;
}

/** What is stored about a user and counts whatever its tokens say. */
export interface Standing {
  readonly profile: Profile;
  readonly role: UserRole | null;
}

/** Returns the identity with the user's kind and role as they are stored now: the same object if it has them already. */
export function withStanding(identity: Identity, { profile: { kind }, role: stored }: Standing): Identity {
  const role = stored ?? identity.claimedRole;
  if (identity.kind === kind && identity.role === role) return identity;
  return { ...identity, kind, role };
}
