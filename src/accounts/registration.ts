import { ParleyError, unreachable } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { Identity } from '../domain/identity.ts';
import type { Ids } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import type { Passwords } from '../lib/passwords.ts';
import { sha256 } from '../lib/secrets.ts';
import type { RegisterRequest, TokensReply } from '../protocol/bodies.ts';
import type { CredentialStore, RegistrationRefusal } from '../store/contract.ts';
import { emailKeyOf } from './email-key.ts';
import type { Logins, SignInSource } from './logins.ts';
import { turnAt } from './password-check.ts';
import type { TokenReplies } from './token-replies.ts';
import { emailTaken, type Users, usernameTaken } from './users.ts';

/** Who may register: anybody, bearers of an invitation, nobody. */
export type RegistrationPolicy = 'open' | 'invite' | 'closed';

/** Who asks for an account. */
export interface Registrant extends SignInSource {
  readonly address: string;
  /** Of the token that was sent; a guest becomes registered. */
  readonly identity: Identity | undefined;
  /** Called after the last wait before anything is stored; it throws if the token isn't good any more. */
  confirm(): Promise<unknown>;
}

export interface Registration {
  /**
   * Registers a user and signs it in. A guest keeps id, rooms, login, tokens and open sessions [AC1]. A refused
   * registration changes nothing.
   * @throws ParleyError `already_registered`, `registration_closed`, `invite_required`, `email_taken`, `username_taken`;
   *   `rate_limited` if too many passwords wait to be hashed
   */
  register(request: RegisterRequest, registrant: Registrant): Promise<TokensReply>;
}

interface RegistrationDeps {
  readonly credentials: CredentialStore;
  readonly users: Pick<Users, 'find'>;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly logins: Pick<Logins, 'prepare'>;
  readonly replies: Pick<TokenReplies, 'of'>;
  readonly policy: RegistrationPolicy;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Publisher;
}

export function createRegistration(deps: RegistrationDeps): Registration {
  const { credentials, users, passwords, logins, replies, policy, clock, ids, events } = deps;

  /** Returns the hash of the invitation to use up, null if none is needed. */
  async function checkPolicy(secret: string | undefined): Promise<Buffer | null> {
    if (policy === 'open') return null;
    if (policy === 'closed') throw registrationClosed();
    const invite = sha256(secret ?? '');
    if (await credentials.isInvited(invite, clock.now())) return invite;
    throw inviteRequired();
  }

  /** Refuses without a hash what the store would refuse anyway. The store decides: this may be outdated by then. */
  async function checkEarly(request: RegisterRequest, emailKey: string, { identity }: Registrant) {
    if (identity !== undefined && identity.kind !== 'guest') throw alreadyRegistered();
    const invite = await checkPolicy(request.invite);
    if ((await credentials.findByEmail(emailKey)) !== undefined) throw emailTaken();
    return invite;
  }

  return {
    async register(request, registrant) {
      const { email, password, username = null, displayName = null } = request;
      const { address, identity, confirm } = registrant;
      const emailKey = emailKeyOf(email);
      const invite = await checkEarly(request, emailKey, registrant);
      const passwordHash = await passwords.hash(password, turnAt(emailKey, address));
      await confirm();
      const userId = identity?.userId ?? ids.userId();
      const { login, row: token } = logins.prepare(userId, registrant, identity?.loginId ?? undefined);
      const about = {
        userId,
        isGuest: identity !== undefined,
        username,
        displayName,
        email,
        emailKey,
        passwordHash,
        role: null,
        invite,
        token,
      };
      const outcome = await credentials.register({ ...about, at: clock.now() });
      if (outcome !== 'registered') throw refusal(outcome, username);
      if (identity !== undefined) events.publish('user.changed', { userId });
      const user = await users.find(userId);
      if (user === undefined) throw new Error(`the user ${userId} is gone right after its registration`);
      return replies.of(user, login);
    },
  };
}

function refusal(outcome: RegistrationRefusal, username: string | null): Error {
  switch (outcome) {
    case 'already_registered':
      return alreadyRegistered();
    case 'invite_required':
      return inviteRequired();
    case 'email_taken':
      return emailTaken();
    case 'username_taken':
      return usernameTaken(username);
    case 'admin_exists':
      return new Error('only the first admin is refused because there is one');
    default:
      return unreachable(outcome);
  }
}

function alreadyRegistered(): ParleyError {
  return new ParleyError(
    'already_registered',
    'You have an account already. To make another, sign out first.',
  );
}

function inviteRequired(): ParleyError {
  return new ParleyError(
    'invite_required',
    'This server registers only who was invited: send a valid `invite`. Ask an admin of this server for one.',
  );
}

function registrationClosed(): ParleyError {
  return new ParleyError(
    'registration_closed',
    'This server registers nobody. Ask whoever runs it for an account.',
  );
}
