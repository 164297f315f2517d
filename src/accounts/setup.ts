import { ParleyError } from '../domain/errors.ts';
import type { Ids } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Passwords } from '../lib/passwords.ts';
import { isSameSecret } from '../lib/secrets.ts';
import type { SetupRequest, TokensReply } from '../protocol/bodies.ts';
import type { Store } from '../store/contract.ts';
import { emailKeyOf } from './email-key.ts';
import { type Logins, type SignInSource, UNKNOWN_SOURCE } from './logins.ts';
import { turnAt } from './password-check.ts';
import type { TokenReplies } from './token-replies.ts';
import { emailTaken, type Users, usernameTaken } from './users.ts';

/** How the first admin is made [TK7]. */
export interface Setup {
  /** Secret, new at each start: who knows it may become the first admin. Undefined if there is an admin. */
  readonly token: string | undefined;
  /**
   * Registers the first admin, and signs it in.
   * @param address who asks, for its turn to hash
   * @throws ParleyError `forbidden` if there is an admin; `invalid_token`; `email_taken`, `username_taken` or `rate_limited`,
   *   which don't use the token up
   */
  setUp(request: SetupRequest, address: string, source?: SignInSource): Promise<TokensReply>;
  /** Call it when a user has changed. From the moment there is an admin, the token is worthless, even if that admin goes. */
  noticeAdmin(): Awaitable<void>;
}

interface SetupDeps {
  readonly store: Pick<Store, 'admins' | 'credentials'>;
  readonly users: Pick<Users, 'find'>;
  readonly logins: Pick<Logins, 'prepare'>;
  readonly replies: Pick<TokenReplies, 'of'>;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

export async function createSetup(deps: SetupDeps): Promise<Setup> {
  const { store, users, logins, replies, passwords, clock, ids } = deps;
  let token = (await store.admins.exist()) ? undefined : ids.secret();

  async function register(
    request: SetupRequest,
    address: string,
    source: SignInSource,
  ): Promise<TokensReply> {
    const { email, password, username = null, displayName = null } = request;
    const userId = ids.userId();
    const passwordHash = await passwords.hash(password, turnAt(emailKeyOf(email), address));
    const { login, row } = logins.prepare(userId, source);
    const outcome = await store.credentials.register({
      userId,
      isGuest: false,
      username,
      displayName,
      email,
      emailKey: emailKeyOf(email),
      passwordHash,
      role: 'admin',
      onlyWithoutAdmin: true,
      at: clock.now(),
      invite: null,
      token: row,
    });
    if (outcome === 'email_taken') throw emailTaken();
    if (outcome === 'username_taken') throw usernameTaken(username);
    // Another request, or the command line, was faster.
    if (outcome === 'admin_exists') throw isSetUp();
    const user = await users.find(userId);
    if (user === undefined) throw new Error(`the first admin can't be registered: ${outcome}`);
    token = undefined;
    return replies.of(user, login);
  }

  function noticeAdmin(): Awaitable<void> {
    if (token === undefined) return;
    return andThen(store.admins.exist(), (isThere) => {
      if (isThere) token = undefined;
    });
  }

  return {
    noticeAdmin,
    get token() {
      return token;
    },
    async setUp(request, address, source = UNKNOWN_SOURCE) {
      await noticeAdmin();
      if (await store.admins.exist()) throw isSetUp();
      if (token === undefined || !isSameSecret(request.token, token)) throw wrongToken();
      return register(request, address, source);
    },
  };
}

function isSetUp(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This server has an admin already. Ask that admin; on the server, `parley admin create <e-mail address>` makes another.',
  );
}

function wrongToken(): ParleyError {
  return new ParleyError(
    'invalid_token',
    'This setup link is wrong or old. Open the one that the server printed at its last start, or restart it for another.',
  );
}
