import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';
import * as v from 'valibot';
import { ParleyError, StartError } from '../domain/errors.ts';
import type { Ids } from '../domain/ids.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { KeyItem } from '../protocol/admin-bodies.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import type { NewSigningKey, SigningKeyRow, Store } from '../store/contract.ts';
import { CLOCK_LEEWAY_MS } from './claims.ts';

/** The key that signs, and the header of the tokens it signs. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly header: JWTHeaderParameters;
}

/** The keys of this server's own access tokens: a shared secret or a key pair [TK2]. */
export interface TokenKeys {
  /** The only algorithm that is accepted. */
  readonly algorithm: string;
  signing(): Promise<SigningKey>;
  /** Returns undefined if no key in force has this `kid`. */
  verifying(kid: string | undefined): Promise<CryptoKey | undefined>;
  /** Public keys, for `/.well-known/jwks.json`. */
  published(): Promise<readonly JWK[]>;
  /** Those that verify, oldest first; none with a shared secret. */
  list(): Promise<KeyItem[]>;
  /**
   * Puts a new key in use. The one before verifies until its last token has expired.
   * @throws ParleyError `shared_secret`; `limit_reached` while `KEYS` keys verify
   */
  rotate(): Promise<KeyItem>;
}

/** Max keys that verify at a time. Beyond, a rotation waits for the oldest to go. */
export const KEYS = 100;

const SECRET_BYTES = 32;
/** Milliseconds that a retired key verifies: until the last token it signed has expired. */
const RETIRED_MS = ACCESS_TOKEN_MS + CLOCK_LEEWAY_MS;

/** Keys of a shared secret if there is one, else a key pair in the database [TK2]. */
export function tokenKeys(secret: string | undefined, stored: StoredKeysDeps): Promise<TokenKeys> {
  return secret === undefined ? storedKeys(stored) : secretKeys(secret);
}

/** HS256 with a secret that other backends may share. @throws StartError if it is shorter than 32 bytes */
export async function secretKeys(secret: string): Promise<TokenKeys> {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < SECRET_BYTES) {
    throw new StartError(`JWT_SECRET has ${bytes.length} bytes: expected at least ${SECRET_BYTES}`);
  }
  const use = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, use, false, ['sign', 'verify']);
  return {
    algorithm: 'HS256',
    signing: async () => ({ key, header: { alg: 'HS256' } }),
    verifying: async () => key,
    published: async () => [],
    list: async () => [],
    rotate: () => Promise.reject(sharedSecret()),
  };
}

/**
 * ES256: every JWT library supports it, a key pair is generated in no time, and a signature has 86 characters to RS256's
 * 342, which matters in a WebSocket handshake. Verifying costs 32 µs more than RS256, once per connection.
 */
const ALGORITHM = 'ES256';
const PrivateJwk = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
  d: v.string(),
});

interface StoredKeysDeps {
  readonly keys: Store['keys'];
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * A key pair in the database, generated if there is none. The row is read at each use, so that a rotation by another
 * process takes effect at once; the imported keys are cached by `kid`.
 */
export async function storedKeys({ keys, clock, ids }: StoredKeysDeps): Promise<TokenKeys> {
  if ((await keys.current()) === undefined) await keys.ensure(await makeKey(clock, ids));
  /** Rotations that haven't stored their key yet. */
  let underWay = 0;
  const imported = new BoundedMap<string, { privateKey: CryptoKey; publicKey: CryptoKey }>(KEYS);

  async function pair(row: SigningKeyRow) {
    const known = imported.get(row.id);
    if (known !== undefined) return known;
    const jwk = { ...v.parse(PrivateJwk, JSON.parse(row.privateJwk)), alg: row.algorithm };
    const made = { privateKey: await importKey(jwk), publicKey: await importKey(publicPart(jwk)) };
    imported.set(row.id, made);
    return made;
  }

  /** A retired key verifies until the last token it signed has expired. */
  function inForce({ retiredAt }: SigningKeyRow): boolean {
    return retiredAt === null || clock.now() < retiredAt + RETIRED_MS;
  }

  return {
    algorithm: ALGORITHM,
    async signing() {
      const row = await keys.current();
      if (row === undefined) throw new Error('the database has lost its signing key');
      return { key: (await pair(row)).privateKey, header: { alg: row.algorithm, kid: row.id } };
    },
    async verifying(kid) {
      const row = kid === undefined ? undefined : await keys.find(kid);
      return row !== undefined && inForce(row) ? (await pair(row)).publicKey : undefined;
    },
    published: async () =>
      (await keys.all()).filter(inForce).map(({ id, algorithm, privateJwk }) => ({
        ...publicPart(v.parse(PrivateJwk, JSON.parse(privateJwk))),
        kid: id,
        alg: algorithm,
        use: 'sig',
      })),
    list: async () => (await keys.all()).filter(inForce).map(describe),
    async rotate() {
      const held = (await keys.all()).filter(inForce).length;
      if (held + underWay >= KEYS) throw tooMany();
      underWay += 1;
      try {
        return describe(await replaceKey({ keys, clock, ids }));
      } finally {
        underWay -= 1;
      }
    },
  };
}

/** Puts a new key in use and returns its `kid`. The old key verifies until its last token has expired. */
export async function rotateKeys(deps: StoredKeysDeps): Promise<string> {
  return (await replaceKey(deps)).id;
}

/** Puts a new key in use, and removes those that verify nothing any more. */
async function replaceKey({ keys, clock, ids }: StoredKeysDeps): Promise<SigningKeyRow> {
  const key = await makeKey(clock, ids);
  await keys.removeRetired(clock.now() - RETIRED_MS);
  await keys.replace(key);
  return { ...key, retiredAt: null };
}

function describe({ id, algorithm, createdAt, retiredAt }: SigningKeyRow): KeyItem {
  return {
    kid: id,
    algorithm,
    createdAt: isoTime(createdAt),
    retiredAt: retiredAt === null ? null : isoTime(retiredAt),
  };
}

function sharedSecret(): ParleyError {
  return new ParleyError(
    'shared_secret',
    'JWT_SECRET is set, so there are no keys to rotate. Change the secret, or unset it.',
  );
}

function tooMany(): ParleyError {
  return new ParleyError(
    'limit_reached',
    `${KEYS} keys verify tokens already. Rotate again when the oldest has been retired for ${RETIRED_MS / 1_000} s.`,
  );
}

async function makeKey(clock: Clock, ids: Ids): Promise<NewSigningKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const privateJwk = JSON.stringify(await exportJWK(privateKey));
  return { id: ids.unique(), algorithm: ALGORITHM, privateJwk, createdAt: clock.now() };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk);
  if (key instanceof Uint8Array) throw new TypeError('expected a key pair, found a secret');
  return key;
}

function publicPart<J extends { d: string }>({ d: _secret, ...rest }: J): Omit<J, 'd'> {
  return rest;
}
