import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import type { Client } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Passwords } from '../lib/passwords.ts';
import type { LoginRequest, PasswordRequest, TokensReply } from '../protocol/bodies.ts';
import type { CredentialRow, CredentialStore } from '../store/contract.ts';
import { emailKeyOf } from './email-key.ts';
import type { Logins, SignInSource } from './logins.ts';
import { createPasswordCheck, turnAt } from './password-check.ts';
import type { TokenReplies } from './token-replies.ts';
import type { Users } from './users.ts';

/** What a user does with the account's password. Wrong ones slow down the next answers at the same account [AC2]. */
export interface PasswordSignIn {
  /**
   * Begins a login.
   * @throws ParleyError `invalid_credentials`, the same for an unknown e-mail address and a wrong password; `rate_limited`
   *   if too many passwords wait to be hashed
   */
  signIn(request: LoginRequest, from: SignInSource & Client): Promise<TokensReply>;
  /**
   * Sets another password and ends every login of the user but the one that asks.
   * @param asker whoever asks. `confirm` is called after the last wait before anything is stored
   * @throws ParleyError `wrong_password`, `forbidden` for an account without a password; `rate_limited` as `signIn`
   */
  change(request: PasswordRequest, asker: PasswordAsker): Promise<void>;
  /**
   * Asks for the password again, before something that can't be undone. Accounts without one pass.
   * @param password undefined if none was sent
   * @throws ParleyError `wrong_password`; `rate_limited` as `signIn`
   */
  confirm(userId: UserId, password: string | undefined, address: string): Promise<void>;
}

export interface PasswordAsker {
  readonly identity: Identity;
  readonly address: string;
  /** It throws if the token isn't good any more. */
  confirm(): Promise<unknown>;
}

interface PasswordSignInDeps {
  readonly credentials: CredentialStore;
  readonly users: Pick<Users, 'find'>;
  readonly passwords: Pick<Passwords, 'hash' | 'verify' | 'isCurrent' | 'unmatched'>;
  readonly logins: Pick<Logins, 'begin' | 'end' | 'noteEnded'>;
  readonly replies: Pick<TokenReplies, 'of'>;
  readonly limitHits: Pick<LimitHits, 'hit'>;
  readonly clock: Clock;
}

export function createPasswordSignIn(deps: PasswordSignInDeps): PasswordSignIn {
  const { credentials, users, passwords, logins, replies, clock } = deps;
  const isRight = createPasswordCheck(deps);

  /** Hashes a right password anew if hashes cost something else today. Returns the hash that is stored now. */
  async function upToDate(
    of: CredentialRow,
    from: string,
    password: string,
    address: string,
  ): Promise<string> {
    if (passwords.isCurrent(from)) return from;
    const { userId, emailKey } = of;
    const to = await passwords.hash(password, turnAt(emailKey, address)).catch(() => from);
    await credentials.rehash(userId, from, to);
    return to;
  }

  const passwordSignIn: PasswordSignIn = {
    async signIn(request, from) {
      const { email, password } = request;
      const { address, userAgent } = from;
      const emailKey = emailKeyOf(email);
      const known = await credentials.findByEmail(emailKey);
      const passwordHash = known?.passwordHash ?? null;
      const isKnown = await isRight({ password, emailKey, passwordHash, address });
      if (!isKnown || known === undefined || passwordHash === null) throw invalidCredentials();
      const { userId } = known;
      const stored = await upToDate(known, passwordHash, password, address);
      const user = await users.find(userId);
      if (user === undefined) throw invalidCredentials();
      const login = await logins.begin(userId, { userAgent });
      // If the password was changed meanwhile, this login would outlive the change, which ended all others. If it was only
      // hashed anew, by another sign-in, the password is right again.
      if ((await credentials.findByUser(userId))?.passwordHash !== stored) {
        await logins.end(login);
        return passwordSignIn.signIn(request, from);
      }
      return replies.of(user, login);
    },

    async change(request, asker) {
      const { current, new: next } = request;
      const { identity, address, confirm } = asker;
      const { userId, loginId } = identity;
      const known = await credentials.findByUser(userId);
      const from = known?.passwordHash ?? null;
      if (known === undefined || from === null) throw withoutPassword();
      const { emailKey } = known;
      if (!(await isRight({ password: current, emailKey, passwordHash: from, address })))
        throw wrongPassword();
      const to = await passwords.hash(next, turnAt(emailKey, address));
      await confirm();
      const at = clock.now();
      const ended = await credentials.changePassword({ userId, from, to, keep: loginId, at });
      // Another hash is stored by now, maybe of the same password.
      if (ended === undefined) return passwordSignIn.change(request, asker);
      logins.noteEnded(userId, ended, at);
    },

    async confirm(userId, password, address) {
      const known = await credentials.findByUser(userId);
      const passwordHash = known?.passwordHash ?? null;
      if (known === undefined || passwordHash === null) return;
      const { emailKey } = known;
      if (password === undefined) throw passwordMissing();
      if (!(await isRight({ password, emailKey, passwordHash, address }))) throw wrongPassword();
    },
  };
  return passwordSignIn;
}

function invalidCredentials(): ParleyError {
  return new ParleyError(
    'invalid_credentials',
    'The e-mail address or the password is wrong. Check both and try again.',
  );
}

function wrongPassword(): ParleyError {
  return new ParleyError('wrong_password', "This is not your account's password. Try again.");
}

function passwordMissing(): ParleyError {
  return new ParleyError('wrong_password', 'Your account has a password: send it as `password`.');
}

function withoutPassword(): ParleyError {
  return new ParleyError('forbidden', 'Your account has no password. Sign in the way you did before.');
}
