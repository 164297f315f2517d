import type * as v from 'valibot';
import type { UserId } from '../lib/ids.ts';
import type { GuestRequest, TokensReply } from '../protocol/bodies.ts';
import type { User } from '../protocol/fields.ts';
import type { Identity } from '../signaling/identity.ts';

/** People, their logins and tokens. */
export interface Accounts {
  /**
   * Who a token stands for. External users are kept at first sight.
   * @throws ParleyError `unauthorized` for whatever is wrong with it
   */
  verify(accessToken: string): Promise<Identity>;
  /**
   * Makes a guest and its first login.
   * @param address the client's, for the limit on sign-ins
   * @throws ParleyError `username_taken`, `rate_limited`
   */
  guest(request: v.InferOutput<typeof GuestRequest>, address: string): Promise<TokensReply>;
  /**
   * A new pair for a refresh token, which dies [TK5].
   * @throws ParleyError `unauthorized`, `refresh_token_reused` (the login has ended), `rate_limited`
   */
  refresh(refreshToken: string, address: string): Promise<TokensReply>;
  /** Ends the login: its tokens stop working at once, `onLogout` ends its sessions. Nothing to do for tokens of other issuers. */
  logout(identity: Identity): void;
  /** As others see them. */
  user(id: UserId): User | undefined;
  /** As they see themselves: with `email`. */
  self(identity: Identity): TokensReply['user'];
  /** The public keys of access tokens; none under a shared secret [TK2]. */
  jwks(): { readonly keys: readonly object[] };
  close(): void;
}
