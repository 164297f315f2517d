import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { attributeOf, hasIntegrity, type StunMessage } from '../../codec/message.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { User } from '../allocations/allocation.ts';
import type { Revocations } from '../allocations/revocations.ts';
import { isTestName, TEST_SECONDS } from '../allocations/test-users.ts';
import type { Nonces } from './nonces.ts';

export type Authentication =
  | { readonly user: User }
  | { readonly error: 400 }
  /** `denial`: the request had credentials, and this is what was wrong with them. */
  | { readonly error: 401 | 438; readonly denial?: 'credentials' | 'revoked' };

export interface Authenticator {
  /**
   * @param address the client's network address
   * @param owner the user of the 5-tuple's allocation, whose credentials may have expired: only an Allocate needs ones that
   * haven't
   */
  check(message: StunMessage, address: string, owner: User | undefined): Authentication;
}

/** RFC 8489 §14.3: USERNAME is shorter than 509 bytes. */
const USERNAME_BYTES = 508;
/** `<expiry>:<name>`, the expiry in seconds since 1970. */
const REST_NAME = /^(\d{1,11}):(.+)$/s;

interface AuthenticatorDeps {
  conf: Pick<RelayConf, 'users' | 'realm' | 'useAuthSecret' | 'staticAuthSecrets'>;
  clock: Clock;
  nonces: Nonces;
  revocations: Pick<Revocations, 'isRevoked'>;
}

/** The long-term credential mechanism (RFC 8489 §9.2.4, whose checks have no numbers there). */
export function createAuthenticator({ conf, clock, nonces, revocations }: AuthenticatorDeps): Authenticator {
  /** Users that the name may stand for: one for each secret in use; none for a REST name that has expired. */
  function candidates(name: string): User[] {
    const fixed = conf.users.get(name);
    if (fixed !== undefined) {
      const key = fixed.kind === 'key' ? fixed.key : longTermKey(name, conf.realm, fixed.password);
      return [{ name, id: name, key }];
    }
    const [, expiry, id] = REST_NAME.exec(name) ?? [];
    if (!conf.useAuthSecret || id === undefined) return [];
    const lifetimeMs = Number(expiry) * 1000 - clock.now();
    if (lifetimeMs <= 0) return [];
    // No longer than they were made for, if the wall clock was set back since.
    const testMs = Math.min(lifetimeMs, TEST_SECONDS * 1000);
    const test = isTestName(id) ? { testEndsAt: clock.monotonic() + testMs } : {};
    return conf.staticAuthSecrets.map((secret) => {
      const password = createHmac('sha1', secret).update(name).digest('base64');
      return { name, id, key: longTermKey(name, conf.realm, password), ...test };
    });
  }

  return {
    check(message, address, owner) {
      // 1. No MESSAGE-INTEGRITY, as in a client's first request: 401 tells it realm and nonce.
      if (message.integrityAt === undefined) return { error: 401 };
      // 2. MESSAGE-INTEGRITY without USERNAME, REALM or NONCE: 400.
      const username = attributeOf(message, ATTRIBUTE.username);
      const realm = attributeOf(message, ATTRIBUTE.realm);
      const nonce = attributeOf(message, ATTRIBUTE.nonce);
      if (username === undefined || realm === undefined || nonce === undefined) return { error: 400 };
      // 3. The nonce is stale, or wasn't made for this address: 438 tells it a new one.
      if (!nonces.isValid(nonce, address)) return { error: 438 };
      // 4. Unknown user, expired REST name or another realm: 401.
      const wrong = { error: 401, denial: 'credentials' } as const;
      if (username.length > USERNAME_BYTES || realm.toString('utf8') !== conf.realm) return wrong;
      const name = username.toString('utf8');
      const users = owner?.name === name ? [owner] : candidates(name);
      // 5. MESSAGE-INTEGRITY doesn't match the password: 401.
      const user = users.find(({ key }) => hasIntegrity(message, key));
      if (user === undefined) return wrong;
      // 6. Not in the RFC: the credentials were revoked.
      return revocations.isRevoked(user.id) ? { error: 401, denial: 'revoked' } : { user };
    },
  };
}

/** MD5(username:realm:password), the only algorithm that every TURN client knows (RFC 8489 §9.2.2). */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}
