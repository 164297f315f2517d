import type { FullUser, TokensReply } from '../protocol/bodies.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import type { UserRow } from '../store/contract.ts';
import type { Login, Logins, SignInSource } from './logins.ts';
import type { Tokens } from './tokens.ts';

/** What a client gets when it has signed in, in whatever way: the user with a pair of tokens. */
export interface TokenReplies {
  /** Begins a login of the user. */
  signIn(user: UserRow, source: SignInSource): Promise<TokensReply>;
  /** For a login that has begun before. */
  of(user: UserRow, login: Login): Promise<TokensReply>;
}

interface TokenRepliesDeps {
  readonly tokens: Tokens;
  readonly logins: Logins;
  /** The user as only the user sees it. */
  readonly show: (user: UserRow) => FullUser;
}

export function createTokenReplies({ tokens, logins, show }: TokenRepliesDeps): TokenReplies {
  async function of(user: UserRow, { loginId, refreshToken }: Login): Promise<TokensReply> {
    const accessToken = await tokens.sign({ ...user, userId: user.id, loginId });
    return { user: show(user), accessToken, refreshToken, expiresInSeconds: ACCESS_TOKEN_MS / 1000 };
  }
  return {
    of,
    signIn: async (user, source) => of(user, await logins.begin(user.id, source)),
  };
}
