import { ParleyError } from '../../domain/errors.ts';
import type { Publisher } from '../../domain/events.ts';
import type { Ids, RoomId } from '../../domain/ids.ts';
import { networkKey } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createThrottle, perMinute, rateLimited } from '../../lib/throttle.ts';
import type { TokensReply } from '../../protocol/bodies.ts';
import type { OidcPerson, Store } from '../../store/contract.ts';
import type { SignInSource } from '../logins.ts';
import type { TokenReplies } from '../token-replies.ts';
import { type Challenge, faultOf, type Provider } from './provider.ts';
import { Tickets } from './tickets.ts';

/** Milliseconds that a person has at the provider, typing a password and a second factor. */
export const FLOW_MS = 600_000;
/** Max sign-ins under way at once. */
export const FLOWS = 10_000;
/** Max sign-ins that one network starts per minute: a class may start at once, a stranger can't push others out. */
export const STARTS_PER_MINUTE = 120;
/** Milliseconds in which the page must exchange its code [TK6]. */
export const CODE_MS = 60_000;
/** Max codes that wait to be exchanged. */
export const CODES = 10_000;
/** Max answers of the provider that are awaited at once. */
export const EXCHANGES = 256;

/** The `#error=` with which the browser comes back to the page [TK6]. */
export type OidcError = 'access_denied' | 'sign_in_expired' | 'provider_failed';

/** Where a browser goes after the provider: to the room that it came from, or to the home page. */
export type OidcReturn = { readonly roomId: RoomId | null } & (
  | { readonly code: string }
  | { readonly error: OidcError }
);

export interface Start {
  /** Where people reach this server. */
  readonly origin: string;
  readonly roomId: RoomId | null;
  /** Secret of the browser; undefined if it has none yet. */
  readonly browser: string | undefined;
  readonly address: string;
}

export interface Started {
  /** At the provider: where the browser goes. */
  readonly url: string;
  /** Secret of the browser, to show at the next steps. */
  readonly browser: string;
}

/** Sign-in at the OpenID provider [TK6]. A browser is known by a secret of its own, which a cookie holds. */
export interface Oidc {
  /**
   * Begins a sign-in.
   * @throws ParleyError `unavailable` if the provider can't be reached, `rate_limited`
   */
  start(start: Start): Promise<Started>;
  /**
   * Takes what the browser brought back from the provider. Never rejects for what the provider or the browser did.
   * @param query of the callback, undecoded
   */
  comeBack(query: string, browser: string): Promise<OidcReturn>;
  /** Exchanges a code for a login of the user, who is created or brought up to date. @throws ParleyError `invalid_code` */
  finish(code: string, browser: string, source: SignInSource): Promise<TokensReply>;
}

interface OidcDeps {
  readonly provider: Provider;
  readonly users: Store['oidcUsers'];
  readonly signIn: TokenReplies['signIn'];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly events: Publisher;
}

type Flow = Challenge & Pick<Start, 'roomId'>;

export function createOidc({ provider, users, signIn, clock, ids, log, events }: OidcDeps): Oidc {
  const flows = new Tickets<Flow>({ clock, ids, lifetimeMs: FLOW_MS, max: FLOWS });
  const codes = new Tickets<OidcPerson>({ clock, ids, lifetimeMs: CODE_MS, max: CODES });
  const starts = createThrottle({ clock, rate: perMinute(STARTS_PER_MINUTE) });
  const logFault = createFaultLog(clock, log);
  let exchanges = 0;

  return {
    async start({ origin, roomId, address, browser = ids.secret() }) {
      const retryAfterMs = starts.take(networkKey(address));
      if (retryAfterMs > 0) throw rateLimited('sign_ins', 'sign-ins from your network', retryAfterMs);
      const redirectUri = `${origin}/auth/oidc/callback`;
      const flow = { redirectUri, roomId, nonce: ids.secret(), verifier: ids.secret() };
      const state = flows.issue(browser, flow);
      try {
        return { url: (await provider.signInUrl(flow, state)).href, browser };
      } catch (thrown) {
        flows.take(state, browser);
        logFault(faultOf(thrown).reason);
        throw unreachable();
      }
    },

    async comeBack(query, browser) {
      const state = new URLSearchParams(query).get('state') ?? '';
      const flow = flows.take(state, browser);
      if (flow.is === 'unknown') return { roomId: null, error: 'sign_in_expired' };
      const { roomId } = flow.value;
      if (flow.is === 'expired') return { roomId, error: 'sign_in_expired' };
      if (exchanges >= EXCHANGES) return { roomId, error: 'provider_failed' };
      exchanges += 1;
      try {
        const person = await provider.person(flow.value, state, query);
        return { roomId, code: codes.issue(browser, person) };
      } catch (thrown) {
        const { isDenied, reason } = faultOf(thrown);
        if (isDenied) return { roomId, error: 'access_denied' };
        logFault(reason);
        return { roomId, error: 'provider_failed' };
      } finally {
        exchanges -= 1;
      }
    },

    async finish(code, browser, source) {
      const taken = codes.take(code, browser);
      if (taken.is !== 'good') throw invalidCode();
      try {
        const { user, isChanged } = await users.signIn(taken.value, ids.userId(), clock.now());
        if (isChanged) events.publish('user.changed', { userId: user.id });
        return await signIn(user, source);
      } catch (thrown) {
        // The database can't be written to now: the page may try again.
        if (thrown instanceof ParleyError && thrown.code === 'unavailable') taken.giveBack();
        throw thrown;
      }
    },
  };
}

/** Logs why the provider couldn't be used, once a minute per reason: strangers can cause it as often as they like. */
function createFaultLog(clock: Clock, log: Log): (reason: string) => void {
  const each = createThrottle({ clock, rate: perMinute(1), keys: 64 });
  return (reason) => {
    if (each.take(reason) === 0) log.warn('sign-in at the OpenID provider failed', { reason });
  };
}

function unreachable(): ParleyError {
  return new ParleyError(
    'unavailable',
    "The service at which you sign in can't be reached now. Try again in a few minutes.",
  );
}

function invalidCode(): ParleyError {
  return new ParleyError(
    'invalid_code',
    'The code is wrong, was used, is over a minute old, or belongs to another browser. Sign in again.',
  );
}
