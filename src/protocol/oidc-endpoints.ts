import { FinishOidcRequest, StartOidcQuery, TokensReply } from './bodies.ts';
import { BODY_ERRORS, type Endpoint, NoBody } from './endpoint.ts';

/** Sign-in at an OpenID provider [TK6]. `not_found`: none is configured. */
export const OIDC_ENDPOINTS = {
  /** Sends a browser to the provider. */
  startOidc: {
    method: 'GET',
    path: '/auth/oidc/start',
    who: 'all',
    head: false,
    query: StartOidcQuery,
    request: NoBody,
    reply: { status: 302 },
    errors: ['not_found', 'rate_limited', 'unavailable'],
  },
  /** Where the provider sends the browser back to. */
  returnFromOidc: {
    method: 'GET',
    path: '/auth/oidc/callback',
    who: 'all',
    head: false,
    request: NoBody,
    reply: { status: 302 },
    errors: ['not_found'],
  },
  finishOidc: {
    method: 'POST',
    path: '/auth/oidc/finish',
    who: 'all',
    request: FinishOidcRequest,
    reply: { status: 200, body: TokensReply },
    errors: [...BODY_ERRORS, 'not_found', 'invalid_code', 'rate_limited'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
