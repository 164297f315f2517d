import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import type { LoadOptions } from './options.ts';
import { RequestError, type ServerApi } from './server-api.ts';

/** Returns a simulated peer's access token. `fresh`: the last one is about to expire or was refused. */
export type PeerToken = (fresh: boolean) => string | Promise<string>;

interface CredentialsDeps {
  readonly signIn: LoadOptions['signIn'];
  readonly peers: number;
  readonly api: ServerApi;
  readonly clock: Clock;
  /** Aborts the wait for sign-ins. */
  readonly signal: AbortSignal;
  /** Shows how far sign-ins are. */
  readonly tell: (text: string) => void;
}

/** Lifetime (s) of a minted token. */
const MINTED_SECONDS = 3_600;
/** Default pause (ms) after a refused sign-in, if the server names none. */
const DEFAULT_PAUSE_MS = 5_000;

/** Returns a token source for each peer, in order. If guests are shared, it is by peers of different rooms. */
export async function createCredentials(deps: CredentialsDeps): Promise<readonly PeerToken[]> {
  const { signIn, peers } = deps;
  switch (signIn.by) {
    case 'token':
      return Array<PeerToken>(peers).fill(() => signIn.token);
    case 'secret': {
      const secret = await readSecret(signIn.secret);
      const mint = (index: number): PeerToken => {
        const sub = `load-${index}`;
        return () => mintToken(secret, sub, deps.clock.now());
      };
      return Array.from({ length: peers }, (_, index) => mint(index));
    }
    case 'guest': {
      const guests = await signInGuests(deps, Math.ceil(peers / signIn.peersPerGuest));
      return Array.from({ length: peers }, (_, index) => guests[index % guests.length] ?? noGuest);
    }
  }
}

/**
 * Mints an access token as a backend with the server's secret does [TK1]: HS256 over `sub` and `exp`.
 * @param now milliseconds since 1970. @param more further claims
 */
export function mintToken(secret: string, sub: string, now: number, more: object = {}): string {
  const seconds = Math.floor(now / 1_000);
  const head = base64url({ alg: 'HS256', typ: 'JWT' });
  const exp = seconds + MINTED_SECONDS;
  const claims = base64url({ sub, username: sub.slice(0, 32), iat: seconds, exp, ...more });
  const signature = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
  return `${head}.${claims}.${signature}`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function readSecret(secret: string): Promise<string> {
  return secret.startsWith('@') ? (await readFile(secret.slice(1), 'utf8')).trim() : secret;
}

async function signInGuests(deps: CredentialsDeps, count: number): Promise<PeerToken[]> {
  const guests: PeerToken[] = [];
  while (guests.length < count) {
    try {
      guests.push(await createGuest(deps));
      deps.tell(`signed in ${guests.length} of ${count} guests`);
    } catch (thrown) {
      if (!(thrown instanceof RequestError) || thrown.code !== 'rate_limited') throw thrown;
      const ms = thrown.retryAfterMs ?? DEFAULT_PAUSE_MS;
      deps.tell(
        `signed in ${guests.length} of ${count} guests; the server asks to wait ${Math.ceil(ms / 1_000)} s ` +
          '(to go faster, raise GUESTS_PER_MINUTE on the server or use --jwt-secret)',
      );
      await pause(deps, ms);
    }
  }
  return guests;
}

/** Peers that share a guest share its refreshes: a refresh token works once [TK5]. */
async function createGuest({ api, clock }: CredentialsDeps): Promise<PeerToken> {
  let tokens = await api.signInAsGuest();
  let givenAt = clock.monotonic();
  let refreshing: Promise<string> | undefined;
  const refresh = async (): Promise<string> => {
    tokens = await api.refresh(tokens.refreshToken);
    givenAt = clock.monotonic();
    return tokens.accessToken;
  };
  return (fresh) => {
    const isYoung = clock.monotonic() - givenAt < (tokens.expiresInSeconds * 1_000) / 2;
    if (!fresh || isYoung) return tokens.accessToken;
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
}

function pause({ clock, signal }: CredentialsDeps, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', ended);
      resolve();
    });
    if (signal.aborted) ended();
    else signal.addEventListener('abort', ended, { once: true });
  });
}

function noGuest(): never {
  throw new RangeError('no guest for this peer');
}
