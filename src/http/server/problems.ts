import { STATUS_CODES } from 'node:http';
import { type FieldError, messageOf, ParleyError } from '../../domain/errors.ts';
import { failed } from '../../domain/refusals.ts';
import type { Log } from '../../lib/log.ts';
import type { Problem } from '../../protocol/bodies.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import { type Header, NO_STORE, type Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

/** HTTP status and title of each code; the title never varies with the occurrence (RFC 9457, 3.1.3) [HT2]. */
const PROBLEMS: Readonly<Record<ErrorCode, readonly [status: number, title: string]>> = {
  invalid_message: [400, 'The message is malformed'],
  unknown_event: [400, 'There is no such event'],
  not_in_room: [409, 'You are not in the room'],
  already_in_room: [409, 'You are already in a room'],
  room_not_found: [404, 'There is no such room'],
  room_not_open: [403, 'The room is not open'],
  password_required: [403, 'The room has a password'],
  wrong_password: [403, 'The password is wrong'],
  room_full: [409, 'The room is full'],
  room_locked: [403, 'The room is locked'],
  knock_refused: [403, 'You were not let in'],
  banned: [403, 'You are banned from the room'],
  forbidden: [403, 'You may not do this'],
  peer_gone: [409, 'The peer is gone'],
  user_offline: [409, 'The user is offline'],
  rate_limited: [429, 'Too many requests'],
  too_large: [413, 'The request is too large'],
  too_many_sessions: [429, 'Too many sessions'],
  internal: [500, 'The server failed'],
  unauthorized: [401, 'A valid access token is needed'],
  validation_failed: [400, 'The request has fields that are missing or wrong'],
  invalid_json: [400, 'The body is not JSON'],
  refresh_token_reused: [401, 'The refresh token was used before'],
  invalid_credentials: [401, 'The e-mail address or the password is wrong'],
  invalid_token: [401, 'The token is wrong, old or used'],
  invalid_code: [401, 'The code is wrong, old or used'],
  registration_closed: [403, 'Registration is closed'],
  invite_required: [403, 'Registration takes an invitation'],
  guests_off: [403, 'This server takes no guests'],
  room_creation_off: [403, 'You may not create rooms here'],
  room_exists: [409, 'There is a room with this id'],
  no_relay: [409, 'There is no relay'],
  offer_per_peer_required: [409, 'Each peer needs its own offer'],
  no_pending_offer: [409, 'No offer waits for this answer'],
  user_not_found: [404, 'There is no such user'],
  username_taken: [409, 'The username is taken'],
  email_taken: [409, 'The e-mail address is taken'],
  already_registered: [409, 'You are registered already'],
  last_admin: [409, 'There is no other admin'],
  shared_secret: [409, 'Tokens are signed with a shared secret'],
  precondition_failed: [412, 'It has changed meanwhile'],
  limit_reached: [409, 'There are too many'],
  not_found: [404, 'There is nothing at this address'],
  method_not_allowed: [405, 'The method is not allowed here'],
  request_timeout: [408, 'The request took too long to arrive'],
  unsupported_media_type: [415, 'The body has an unsupported encoding'],
  unavailable: [503, "The server can't do this now"],
};

/** Returns the HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return PROBLEMS[code][0];
}

/** Returns the title of an error code. */
export function titleOf(code: ErrorCode): string {
  return PROBLEMS[code][1];
}

/**
 * Returns any error as problem+json. An unexpected error is logged and answered as `internal`, because its message may reveal
 * internals.
 */
export function problemOf(thrown: unknown, request: RequestHead, log: Log): Reply {
  if (thrown instanceof ParleyError) {
    const { cause } = thrown;
    if (thrown.code === 'internal') log.error('request failed', { ...logFields(request), error: thrown });
    else if (cause !== undefined) {
      log.debug('request refused', { ...logFields(request), code: thrown.code, cause: messageOf(cause) });
    }
    return problem(thrown);
  }
  log.error('request failed', { ...logFields(request), error: thrown });
  return problem(failed(thrown));
}

export function problem(error: ParleyError, headers: readonly Header[] = []): Reply {
  const [status, title] = PROBLEMS[error.code];
  const body: Problem = {
    type: `urn:parley:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.errors === undefined ? {} : { errors: error.errors.map(fieldError) }),
  };
  return {
    status,
    headers: [['Content-Type', 'application/problem+json'], ...headersFor(error, status), ...headers],
    cache: NO_STORE,
    body: JSON.stringify(body),
  };
}

/** `404 Not Found` */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`;
}

/** Returns the headers that a status requires. */
function headersFor({ code, message, retryAfterMs }: ParleyError, status: number): Header[] {
  const headers: Header[] = [];
  if (status === 401) headers.push(['WWW-Authenticate', challenge(code, message)]);
  // In whole seconds (RFC 9110, 10.2.3), rounded up so that no client comes back too early.
  if (retryAfterMs !== undefined) headers.push(['Retry-After', String(Math.ceil(retryAfterMs / 1_000))]);
  return headers;
}

/** RFC 6750, 3. */
function challenge(code: ErrorCode, message: string): string {
  if (code !== 'unauthorized') return 'Bearer realm="parley"';
  const description = message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' ');
  return `Bearer realm="parley", error="invalid_token", error_description="${description}"`;
}

function fieldError({ path, message }: FieldError) {
  return { path, message };
}

/** Returns what the log may say of a request: query and headers may hold tokens. */
function logFields({ id, method, path }: RequestHead) {
  return { requestId: id, method, path };
}
