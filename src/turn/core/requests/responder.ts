import { ATTRIBUTE, CLASS, METHOD } from '../../codec/attributes.ts';
import { type StunMessage, unknownAttributes } from '../../codec/message.ts';
import { REALM_BYTES, type RelayConf } from '../../conf/relay-conf.ts';
import type { ClientPath } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import type { Counters } from '../stats.ts';
import type { Authenticator } from './authentication.ts';
import type { CheckBudget } from './check-budget.ts';
import type { Nonces } from './nonces.ts';
import type { Handler, UnauthenticatedRequest } from './request.ts';
import { Response } from './response.ts';
import {
  NEIGHBOUR_RESPONSES,
  type ResponseKind,
  UNAUTHENTICATED_RESPONSES,
  type UnauthenticatedRate,
} from './unauthenticated-rate.ts';

/** Max authenticated requests per second of one allocation; above, they are dropped as if lost on the way. */
export const MAX_REQUESTS = 250;
/** Max size of an unauthenticated response as a multiple of its request's: forging a source address gains little. */
const MAX_AMPLIFICATION = 2.5;

interface ResponderDeps {
  conf: Pick<RelayConf, 'realm' | 'fingerprint'>;
  authenticator: Authenticator;
  nonces: Nonces;
  allocations: Pick<Allocations, 'hasUdpClientAt'>;
  binding: (request: UnauthenticatedRequest) => Response;
  /** By method; each needs credentials. */
  handlers: ReadonlyMap<number, Handler>;
  rate: UnauthenticatedRate;
  /** Credential checks of UDP clients without an allocation. */
  checks: CheckBudget;
  /** Failed credential checks of UDP clients with an allocation, whose addresses may be forged. */
  failures: CheckBudget;
  counters: Counters;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/** Answers each request with one message, unless its sender exceeds a rate limit; indications get no answer. */
export function createResponder(deps: ResponderDeps) {
  const { conf, authenticator, nonces, allocations, binding, handlers, rate, checks, failures, counters } =
    deps;
  // A client can't authenticate without realm and nonce, so a long realm is sent despite MAX_AMPLIFICATION.
  const exemptRealmBytes = paddedBytes(conf.realm) - REALM_BYTES;

  return function respond(path: ClientPath, message: StunMessage): void {
    if (message.class !== CLASS.request) return;
    // Before any work, as each request may be part of a flood.
    if (isOverLimit(path, message)) {
      counters.unanswered++;
      return;
    }
    send(path, message, responseTo({ path, message }));
  };

  function isOverLimit(path: ClientPath, message: StunMessage): boolean {
    if (isUnauthenticated(path)) {
      return message.integrityAt === undefined
        ? rate.isSpent(expectedKind(message), path.address, limitFor(path))
        : handlers.has(message.method) && !checks.take(path.address);
    }
    // A client's flood of requests would delay others' media by milliseconds at a time.
    if (path.allocation === undefined || message.method === METHOD.binding) return false;
    if (path.allocation.requests >= MAX_REQUESTS) return true;
    return !path.stream && failures.isSpent(path.address);
  }

  function responseTo(request: UnauthenticatedRequest): Response {
    const { path, message } = request;
    if (!message.wellFormed) {
      counters.denials.malformed++;
      return Response.error(request, 400);
    }
    if (message.method === METHOD.binding) return binding(request);
    const handle = handlers.get(message.method);
    if (handle === undefined) return Response.error(request, 400);
    const authentication = authenticator.check(message, path.address, path.allocation?.user);
    if ('error' in authentication) {
      if (!path.stream && path.allocation !== undefined) failures.take(path.address);
      const { error } = authentication;
      return error === 400 ? Response.error(request, 400) : challenge(request, error, authentication.denial);
    }
    // Counted only now: others can forge the client's address, but don't have its key.
    if (path.allocation !== undefined) path.allocation.requests++;
    const authenticated = { ...request, user: authentication.user, now: deps.now() };
    const unknown = unknownAttributes(message);
    return unknown.length > 0 ? Response.unknownAttributes(authenticated, unknown) : handle(authenticated);
  }

  /** 401 or 438 with what the client needs to try again (RFC 8489 §9.2.4). */
  function challenge(
    request: UnauthenticatedRequest,
    code: 401 | 438,
    denial: 'credentials' | 'revoked' | undefined,
  ): Response {
    counters.unauthorized++;
    if (denial !== undefined) counters.denials[denial]++;
    const response = Response.error(request, code)
      .text(ATTRIBUTE.realm, conf.realm)
      .bytes(ATTRIBUTE.nonce, nonces.make(request.path.address));
    response.kind = denial === undefined ? 'challenge' : 'guess';
    response.exemptBytes = exemptRealmBytes;
    return response;
  }

  function send(path: ClientPath, message: StunMessage, response: Response): void {
    if (response.isAuthenticated) {
      path.respond(response.encode(message.fingerprint || conf.fingerprint));
      return;
    }
    if (isUnauthenticated(path) && !rate.take(response.kind, path.address, limitFor(path))) {
      counters.unanswered++;
      return;
    }
    const bytes = response.encode(message.fingerprint);
    const isSmall = bytes.length - response.exemptBytes <= message.bytes.length * MAX_AMPLIFICATION;
    path.respond(path.stream || isSmall ? bytes : Response.error({ message }, 400).encode(false));
  }

  function limitFor({ address }: ClientPath): number {
    return allocations.hasUdpClientAt(address) ? NEIGHBOUR_RESPONSES : UNAUTHENTICATED_RESPONSES;
  }

  /** What an unauthenticated request's response will count as. */
  function expectedKind({ method, wellFormed }: StunMessage): ResponseKind {
    return wellFormed && handlers.has(method) ? 'challenge' : 'binding';
  }
}

/** Whether the source address may be forged: a UDP client without an allocation on its 5-tuple. */
function isUnauthenticated(path: ClientPath): boolean {
  return !path.stream && path.allocation === undefined;
}

/** Bytes of the value as an attribute, padded (RFC 8489 §14), at least `REALM_BYTES`. */
function paddedBytes(text: string): number {
  return Math.max(REALM_BYTES, Math.ceil(Buffer.byteLength(text) / 4) * 4);
}
