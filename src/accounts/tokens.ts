import {
  type CryptoKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type FlattenedJWSInput,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { messageOf, ParleyError } from '../domain/errors.ts';
import type { Ids, UserId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import type { UserKind, UserRole } from '../protocol/fields.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import { CLOCK_LEEWAY_MS, type Claims, readClaims } from './claims.ts';
import type { TokenKeys } from './keys.ts';
import { faultOfHeader } from './token-header.ts';
import { TOKEN_CHARACTERS } from './verified-tokens.ts';

/** A token whose signature is valid. */
export interface VerifiedToken extends Claims {
  /** Who signed it. `own`: this server, or a backend that shares its secret. */
  readonly signer: 'own' | 'trusted';
}

/** Another issuer whose access tokens are accepted [TK3]. */
export interface TrustedIssuer {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

interface TokensDeps {
  readonly keys: TokenKeys;
  /** `iss` and `aud` of this server's tokens; tokens that carry others are refused. */
  readonly issuer: string;
  readonly audience: string;
  readonly trusted: TrustedIssuer | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface NewToken {
  readonly userId: UserId;
  readonly loginId: string;
  readonly username: string | null;
  readonly kind: UserKind;
  /** As it is stored. The claim tells clients; the server reads the store. */
  readonly role: UserRole | null;
}

/** Signs and verifies access tokens. */
export interface Tokens {
  /** Signs a token that is valid for 15 minutes [TK1]. */
  sign(token: NewToken): Promise<string>;
  /** @throws ParleyError `unauthorized`; `unavailable` if the trusted issuer's keys can't be fetched */
  verify(token: string): Promise<VerifiedToken>;
}

/** For published keys: with a symmetric algorithm, anybody who can read the keys could sign with them. */
const KEY_PAIR_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'EdDSA',
  'Ed25519',
];
const JWKS_TIMEOUT_MS = 5_000;
/** Max tokens that wait for the trusted issuer's keys at once; beyond it they are refused with `unavailable`. */
export const MAX_WAITING_FOR_KEYS = 1_000;

export function createTokens({ keys, issuer, audience, trusted, clock, ids }: TokensDeps): Tokens {
  const now = () => ({ currentDate: new Date(clock.now()), clockTolerance: CLOCK_LEEWAY_MS / 1_000 });
  const verifyTrusted = trusted && trustedVerifier(trusted, now);

  async function verifyOwn(token: string): Promise<JWTPayload> {
    const options = { algorithms: [keys.algorithm], requiredClaims: ['exp'], ...now() };
    const { payload } = await jwtVerify(token, keyFor, options);
    if (payload.iss !== undefined && payload.iss !== issuer) throw refused('it is from another issuer');
    if (![payload.aud ?? audience].flat().includes(audience)) throw refused('it is for another audience');
    return payload;
  }

  async function keyFor({ kid }: JWTHeaderParameters): Promise<CryptoKey> {
    const key = await keys.verifying(kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key;
  }

  return {
    async sign({ userId, loginId, username, kind, role }) {
      const { key, header } = await keys.signing();
      const seconds = Math.floor(clock.now() / 1000);
      return new SignJWT({ sid: loginId, username, kind, ...(role === null ? {} : { role }) })
        .setProtectedHeader(header)
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + ACCESS_TOKEN_MS / 1000)
        .setJti(ids.unique())
        .sign(key);
    },

    async verify(token) {
      if (token.length > TOKEN_CHARACTERS) throw refused(`it has over ${TOKEN_CHARACTERS} characters`);
      const fault = faultOfHeader(token);
      if (fault !== undefined) throw refused(fault);
      const signer = trusted !== undefined && issuerOf(token) === trusted.issuer ? 'trusted' : 'own';
      const verify = signer === 'trusted' && verifyTrusted ? verifyTrusted : verifyOwn;
      const payload = await verify(token).catch((thrown: unknown) => {
        throw asRefusal(thrown, signer);
      });
      const claims = readClaims(payload, clock.now());
      if (typeof claims === 'string') throw refused(claims);
      return { ...claims, signer };
    },
  };
}

function trustedVerifier(
  { jwksUrl, issuer, audience }: TrustedIssuer,
  now: () => Readonly<{ currentDate: Date; clockTolerance: number }>,
) {
  const keySet = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  let waiting = 0;
  async function keyFor(header: JWTHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (waiting >= MAX_WAITING_FOR_KEYS) return cachedKey(header, token);
    waiting += 1;
    try {
      return await keySet(header, token);
    } finally {
      waiting -= 1;
    }
  }
  /** Strangers can fill the queue with made-up key ids, so a token whose key is cached must not wait in it. */
  function cachedKey(header: JWTHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const known = keySet.fresh ? keySet.jwks() : undefined;
    const refuse = (): never => {
      throw new ParleyError(
        'unavailable',
        "Too many tokens wait for the trusted issuer's keys. Try again later.",
      );
    };
    return known === undefined ? refuse() : createLocalJWKSet(known)(header, token).catch(refuse);
  }
  return async (token: string): Promise<JWTPayload> => {
    const options = { algorithms: KEY_PAIR_ALGORITHMS, issuer, audience, requiredClaims: ['exp'], ...now() };
    const { payload } = await jwtVerify(token, keyFor, options);
    // Roles give power over rooms here, and logins exist only here: another issuer decides neither.
    return { ...payload, role: undefined, sid: undefined };
  };
}

/** The issuer that the token claims, unverified. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** Errors that are the token's fault, not ours or the network's. */
const TOKEN_ERRORS = [
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

function asRefusal(thrown: unknown, signer: VerifiedToken['signer']): unknown {
  if (thrown instanceof ParleyError) return thrown;
  if (thrown instanceof errors.JWTExpired) return refused('it has expired', thrown);
  if (TOKEN_ERRORS.some((known) => thrown instanceof known)) return refused(messageOf(thrown), thrown);
  if (signer === 'own') return thrown;
  return new ParleyError('unavailable', "The trusted issuer's keys can't be fetched now. Try again later.", {
    cause: thrown,
  });
}

function refused(reason: string, cause?: unknown): ParleyError {
  return new ParleyError('unauthorized', `The access token is not accepted: ${reason}. Get a new one.`, {
    cause,
  });
}
