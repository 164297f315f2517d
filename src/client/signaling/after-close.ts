import { afterClose, CLOSE } from '../../protocol/codes.ts';
import { type ClientErrorCode, ParleyClientError } from '../errors.ts';
import type { ServerMessage } from './frames.ts';

/** What the session does after a close. */
export type NextStep =
  /** Dial again: at once the first time, then with longer and longer pauses. */
  | { readonly step: 'resume' }
  /** Dial again after exactly this many milliseconds, as the server asked. */
  | { readonly step: 'wait'; readonly ms: number }
  /** Dial again after about this many milliseconds, at random, so that clients don't all return together. */
  | { readonly step: 'wait_about'; readonly ms: number }
  /** Get a new token, then dial. */
  | { readonly step: 'renew' }
  | { readonly step: 'stop' };

/** Default pause (ms) after 4103, if the server named none. */
const OVER_RATE_PAUSE_MS = 5_000;
/** Average pause (ms) after 1013: the server waits for something outside it. */
const TRY_LATER_MS = 5_000;

/** Remembers the pauses that the server asked for before it closed the connection. */
export class ReconnectAdvice {
  #reconnectAfterMs = 0;
  #retryAfterMs = OVER_RATE_PAUSE_MS;

  note(message: ServerMessage): void {
    if (message.event === 'server:draining') this.#reconnectAfterMs = message.payload.reconnectAfterMs;
    else if (message.event === 'error' && message.payload.retryAfterMs !== undefined) {
      this.#retryAfterMs = message.payload.retryAfterMs;
    }
  }

  /** @param code the close code; 1006 if the connection broke */
  nextStep(code: number): NextStep {
    switch (afterClose(code)) {
      case 'resume':
        if (code === CLOSE.draining) return { step: 'wait', ms: this.#reconnectAfterMs };
        if (code === CLOSE.rateLimited) return { step: 'wait', ms: this.#retryAfterMs };
        return { step: 'resume' };
      case 'resume_later':
        return { step: 'wait_about', ms: TRY_LATER_MS };
      case 'get_token':
      case 'refresh_then_resume':
        return { step: 'renew' };
      case 'stop':
        return { step: 'stop' };
    }
  }
}

const STOPS: ReadonlyMap<number, readonly [ClientErrorCode, string]> = new Map([
  [CLOSE.unsupportedData, ['protocol_error', 'The server refused a frame that was not text.']],
  [CLOSE.tooLarge, ['too_large', 'The server refused a message as too large.']],
  [CLOSE.protocolError, ['protocol_error', 'The server refused too many messages as malformed.']],
  [CLOSE.unauthorized, ['unauthorized', 'The server refused the token; sign in again.']],
  [CLOSE.kicked, ['kicked', 'A moderator removed you from the room.']],
  [CLOSE.banned, ['banned', 'You are banned from the room.']],
  [CLOSE.roomClosed, ['room_closed', 'The room was closed.']],
  [CLOSE.replaced, ['replaced', 'The session goes on in another connection.']],
  [CLOSE.tooManySessions, ['too_many_sessions', 'Too many sessions of this user are open; close one.']],
  [
    CLOSE.tokenExpired,
    ['token_expired', 'The access token has expired; pass connect() a function that gets a new one.'],
  ],
]);

/** The error for a session that a close with this code ended for good. */
export function stopError(closeCode: number): ParleyClientError {
  const [code, message] = STOPS.get(closeCode) ?? ['closed', `The server closed the session (${closeCode}).`];
  return new ParleyClientError(code, message, { closeCode });
}

/** Codes of a token source's errors that another try may heal. */
const PASSING: ReadonlySet<ClientErrorCode> = new Set([
  'network',
  'timeout',
  'rate_limited',
  'internal',
  'unavailable',
]);

/** Whether a token source's error is final. One that is not the SDK's own may be an application's failed fetch. */
export function isFinal(error: unknown): error is ParleyClientError {
  return error instanceof ParleyClientError && !PASSING.has(error.code);
}
