import type { User } from '../protocol/fields.ts';
import type { RoomId, UserId } from './ids.ts';

/** Who is behind a token that was verified. `accounts/` makes it, everything live only reads it. */
export interface Identity {
  readonly user: User & { readonly id: UserId };
  /** The login that the token belongs to; null for tokens of other issuers. Ending it ends its sessions. */
  readonly loginId: string | null;
  /** From when the access token is accepted no more, 30 s after its `exp` [TK3]: milliseconds since 1970. */
  readonly expiresAt: number;
  /** `service`: a backend that controls rooms. */
  readonly role: string | null;
  /** Opens this room without its password, and no other [TK4]. */
  readonly room: { readonly id: RoomId; readonly admin: boolean; readonly name: string | null } | null;
}
