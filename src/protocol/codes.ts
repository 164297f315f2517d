/**
 * Two tables of the wire contract: errors leave the connection open, closes end it. Codes are stable; programs may switch
 * on them.
 */

/** Codes of `error` events and problem+json bodies. */
export const ERROR_CODES = [
  // WebSocket, some of them over HTTP too
  'invalid_message',
  'unknown_event',
  'not_in_room',
  'already_in_room',
  'room_not_found',
  'room_not_open',
  'password_required',
  'wrong_password',
  'room_full',
  'room_locked',
  'banned',
  'knock_refused',
  'forbidden',
  'peer_gone',
  'user_offline',
  'rate_limited',
  'too_large',
  'not_found',
  'limit_reached',
  'internal',
  // HTTP, and the answer to `session:token`
  'unauthorized',
  'unavailable',
  // Clients see it only as close 4007
  'too_many_sessions',
  // HTTP only
  'validation_failed',
  'invalid_json',
  'refresh_token_reused',
  'invalid_credentials',
  'invalid_token',
  'invalid_code',
  'registration_closed',
  'invite_required',
  'guests_off',
  'room_creation_off',
  'room_exists',
  'no_relay',
  'offer_per_peer_required',
  'no_pending_offer',
  'user_not_found',
  'username_taken',
  'email_taken',
  'already_registered',
  'last_admin',
  'shared_secret',
  'precondition_failed',
  'method_not_allowed',
  'request_timeout',
  'unsupported_media_type',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** WebSocket close codes: our own (4000–4999), and the standard ones that the server uses. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  unsupportedData: 1003,
  tooLarge: 1009,
  tryAgainLater: 1013,
  protocolError: 4000,
  unauthorized: 4001,
  kicked: 4003,
  banned: 4004,
  roomClosed: 4005,
  replaced: 4006,
  tooManySessions: 4007,
  draining: 4100,
  slowConsumer: 4101,
  heartbeatTimeout: 4102,
  rateLimited: 4103,
  tokenExpired: 4104,
} as const;
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Close reasons on the wire: a stable word for each code. */
export const CLOSE_REASONS: Readonly<Record<CloseCode, string>> = {
  1000: '',
  1001: '',
  1003: 'binary frames are not spoken here',
  1009: 'too_large',
  1013: 'try_again_later',
  4000: 'protocol_error',
  4001: 'unauthorized',
  4003: 'kicked',
  4004: 'banned',
  4005: 'room_closed',
  4006: 'replaced',
  4007: 'too_many_sessions',
  4100: 'draining',
  4101: 'slow_consumer',
  4102: 'heartbeat_timeout',
  4103: 'rate_limited',
  4104: 'token_expired',
};

/** What a client does after a close. After 4000–4099 it stops (4001: gets a new token); after all others it comes back. */
export type AfterClose = 'stop' | 'get_token' | 'refresh_then_resume' | 'resume' | 'resume_later';

/** Returns what to do after a close code, as the client sees it: 1006 for a lost connection. */
export function afterClose(code: number): AfterClose {
  if (code === CLOSE.unauthorized) return 'get_token';
  if (code === CLOSE.tokenExpired) return 'refresh_then_resume';
  if (code >= 4000 && code < 4100) return 'stop';
  if (code === CLOSE.unsupportedData || code === CLOSE.tooLarge) return 'stop';
  if (code === CLOSE.tryAgainLater) return 'resume_later';
  return 'resume';
}
