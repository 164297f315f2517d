import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import type { OidcPerson } from '../../store/contract.ts';
import { CLOCK_LEEWAY_MS } from '../claims.ts';
import { type AdminClaim, personOf } from './person.ts';

/** An OpenID provider, and what Parley is to it. */
export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Secret. */
  readonly clientSecret: string;
  readonly adminClaim: AdminClaim | undefined;
}

/** What one sign-in sends to the provider and expects back. Secrets, except `redirectUri`. */
export interface Challenge {
  readonly redirectUri: string;
  readonly nonce: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
}

/** The provider at which people sign in. Its methods reject with errors for `faultOf`. */
export interface Provider {
  /** Returns the page at the provider to which the browser goes. @param state secret */
  signInUrl(challenge: Challenge, state: string): Promise<URL>;
  /**
   * Exchanges what the browser brought back for the person who has signed in.
   * @param query of the callback
   */
  person(challenge: Challenge, state: string, query: string): Promise<OidcPerson>;
}

/** Max seconds that each request to the provider takes. */
const REQUEST_SECONDS = 5;

/**
 * Talks to the provider. Nothing of it is cached: its addresses and keys are read anew for each sign-in, so that Parley
 * starts without it, notices when it is down, and never refuses a key that was rotated a moment ago.
 */
export function createProvider({ issuer, clientId, clientSecret, adminClaim }: ProviderSettings): Provider {
  const url = new URL(issuer);
  const authentication = clientAuthentication(clientSecret);
  /** Sign-ins that start while the provider is being asked share the answer. */
  let asked: Promise<Configuration> | undefined;

  function discover(): Promise<Configuration> {
    const client = { client_secret: clientSecret, [clockTolerance]: CLOCK_LEEWAY_MS / 1_000 };
    return discovery(url, clientId, client, authentication, {
      timeout: REQUEST_SECONDS,
      // TLS alone would do for an ID token that comes straight from the provider (Core 1.0, 3.1.3.7); a proxy may end it.
      execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
    });
  }

  function discoverTogether(): Promise<Configuration> {
    asked ??= discover().finally(() => {
      asked = undefined;
    });
    return asked;
  }

  return {
    async signInUrl({ redirectUri, nonce, verifier }, state) {
      const configuration = await discoverTogether();
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopeOf(configuration, adminClaim),
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
    },

    async person({ redirectUri, nonce, verifier }, state, query) {
      const configuration = await discover();
      const tokens = await authorizationCodeGrant(configuration, new URL(`${redirectUri}?${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const idToken = tokens.claims();
      if (idToken === undefined) throw new Error('the provider sent no ID token');
      const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
      const userInfo = hasUserInfo
        ? await fetchUserInfo(configuration, tokens.access_token, idToken.sub)
        : {};
      return personOf(idToken, userInfo, adminClaim);
    },
  };
}

/** By Basic, as every provider must take it (RFC 6749, 2.3.1), unless this one lists only others. */
function clientAuthentication(clientSecret: string): ClientAuth {
  const basic = ClientSecretBasic(clientSecret);
  const post = ClientSecretPost(clientSecret);
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const authenticate = methods === undefined || methods.includes('client_secret_basic') ? basic : post;
    authenticate(server, ...request);
  };
}

/** Some providers tell a claim such as `groups` only if a scope of that name is asked for. */
function scopeOf(configuration: Configuration, adminClaim: AdminClaim | undefined): string {
  const scopes = configuration.serverMetadata().scopes_supported ?? [];
  const own = adminClaim === undefined || !scopes.includes(adminClaim.name) ? [] : [adminClaim.name];
  return ['openid', 'profile', ...own.filter((scope) => scope !== 'profile')].join(' ');
}

/** Why a sign-in failed at the provider, in words that are safe to log. */
export interface ProviderFault {
  /** Whether the person said no. */
  readonly isDenied: boolean;
  readonly reason: string;
}

/** Words of a protocol or of Node, such as `invalid_client`, `ECONNREFUSED` and `OAUTH_TIMEOUT`. */
const WORD = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Returns what may be logged of an error. The errors' own messages and causes may hold codes, states and tokens; only
 * stable words are taken from them.
 */
export function faultOf(thrown: unknown): ProviderFault {
  if (thrown instanceof AuthorizationResponseError || thrown instanceof ResponseBodyError) {
    const isDenied = thrown instanceof AuthorizationResponseError && thrown.error === 'access_denied';
    return { isDenied, reason: WORD.test(thrown.error) ? thrown.error : 'an error without a name' };
  }
  const codes: string[] = [];
  for (let error = thrown; error instanceof Error && codes.length < 4; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && WORD.test(error.code)) codes.push(error.code);
  }
  return { isDenied: false, reason: codes.join(': ') || 'an unexpected error' };
}
