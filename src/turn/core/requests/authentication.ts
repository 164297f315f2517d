import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { attributeOf, hasIntegrity, type StunMessage } from '../../codec/message.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import { Revocations } from '../allocations/revocations.ts';
import { createNonces } from './nonces.ts';

/** Who made a request. */
export interface User {
  /** The USERNAME. */
  readonly name: string;
  /** What quotas and revocation go by: the peerId of a REST user name, or the name of a static user. */
  readonly id: string;
  /** MD5(name:realm:password): what MESSAGE-INTEGRITY is made with (RFC 8489 §9.2.2). */
  readonly key: Buffer;
}

export type Verdict =
  | { readonly user: User }
  | { readonly refusal: 400 | 401 | 438; readonly why?: 'credentials' | 'revoked' };

export interface Authenticator {
  /**
   * RFC 8489 §9.2.4. `known` is the user of the 5-tuple's allocation: it goes on after its credentials expired,
   * since only an Allocate asks for a date. `address` is the client's network address.
   */
  check(message: StunMessage, address: string, known: User | undefined): Verdict;
  /** A nonce for a 401 or 438. */
  nonce(address: string): Buffer;
  /** From now on the peerId's or static user's credentials are refused. */
  revoke(userId: string): void;
}

/** RFC 8489 §14.3: shorter than 509 bytes. */
const USERNAME_BYTES = 508;
/** `expiry:peerId`, the expiry in seconds since 1970. */
const REST_NAME = /^(\d{1,11}):(.+)$/s;

interface AuthenticatorDeps {
  conf: RelayConf;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
}

export function createAuthenticator({ conf, clock, randomBytes }: AuthenticatorDeps): Authenticator {
  const revoked = new Revocations();
  const seconds = () => clock.monotonic() / 1000;
  const nonces = createNonces({ key: randomBytes(32), seconds, lifetime: conf.staleNonce });

  /** Every user that the name may stand for: one for each secret in use. Expired REST names stand for nobody. */
  function candidates(name: string): User[] {
    const fixed = conf.users.get(name);
    if (fixed !== undefined) {
      const key = fixed.kind === 'key' ? fixed.key : longTermKey(name, conf.realm, fixed.password);
      return [{ name, id: name, key }];
    }
    const [, expiry, id] = REST_NAME.exec(name) ?? [];
    if (!conf.useAuthSecret || id === undefined) return [];
    if (Number(expiry) * 1000 <= clock.now()) return [];
    return conf.staticAuthSecrets.map((secret) => {
      const password = createHmac('sha1', secret).update(name).digest('base64');
      return { name, id, key: longTermKey(name, conf.realm, password) };
    });
  }

  return {
    check(message, address, known) {
      // No MESSAGE-INTEGRITY: the client's first try, told realm and nonce.
      if (message.integrityAt === undefined) return { refusal: 401 };
      const username = attributeOf(message, ATTRIBUTE.username);
      const realm = attributeOf(message, ATTRIBUTE.realm);
      const nonce = attributeOf(message, ATTRIBUTE.nonce);
      if (username === undefined || realm === undefined || nonce === undefined) return { refusal: 400 };
      if (!nonces.isGood(nonce, address)) return { refusal: 438 };
      const wrong = { refusal: 401, why: 'credentials' } as const;
      if (username.length > USERNAME_BYTES || realm.toString('utf8') !== conf.realm) return wrong;
      const name = username.toString('utf8');
      const users = known?.name === name ? [known] : candidates(name);
      const user = users.find(({ key }) => hasIntegrity(message, key));
      if (user === undefined) return wrong;
      return revoked.has(user.id) ? { refusal: 401, why: 'revoked' } : { user };
    },
    nonce: (address) => nonces.make(address),
    revoke: (userId) => revoked.add(userId),
  };
}

/** RFC 8489 §9.2.2, for the MD5 that every client of TURN understands. */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}
