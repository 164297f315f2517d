import { afterClose, CLOSE } from '../../protocol/codes.ts';
import { type ClientErrorCode, ParleyClientError } from '../errors.ts';
import type { ServerMessage } from './frames.ts';

/** What a client does about a close. */
export type Ending =
  /** Dial again, at once the first time. */
  | { readonly next: 'resume' }
  /** Dial again after so many milliseconds, as the server asked. */
  | { readonly next: 'wait'; readonly ms: number }
  /** Dial again after about so many milliseconds: the others who were sent away too come at other times. */
  | { readonly next: 'later'; readonly ms: number }
  /** Get a new token, then dial. */
  | { readonly next: 'renew' }
  | { readonly next: 'stop' };

/** Milliseconds to stay away after 4103 where the server named none. */
const OVER_RATE_PAUSE_MS = 5_000;
/** Milliseconds to stay away after 1013: the server waits for something that is not its own. */
const LATER_MS = 5_000;

/** What the server said before it closed, and what follows from that. */
export class LastWords {
  #reconnectAfterMs = 0;
  #retryAfterMs = OVER_RATE_PAUSE_MS;

  heed(message: ServerMessage): void {
    if (message.event === 'server:draining') this.#reconnectAfterMs = message.payload.reconnectAfterMs;
    else if (message.event === 'error' && message.payload.retryAfterMs !== undefined) {
      this.#retryAfterMs = message.payload.retryAfterMs;
    }
  }

  /** @param code the close code; 1006 for a line that broke */
  ending(code: number): Ending {
    switch (afterClose(code)) {
      case 'resume':
        if (code === CLOSE.draining) return { next: 'wait', ms: this.#reconnectAfterMs };
        if (code === CLOSE.rateLimited) return { next: 'wait', ms: this.#retryAfterMs };
        return { next: 'resume' };
      case 'resume_later':
        return { next: 'later', ms: LATER_MS };
      case 'get_token':
      case 'refresh_then_resume':
        return { next: 'renew' };
      case 'stop':
        return { next: 'stop' };
    }
  }
}

const STOPS: ReadonlyMap<number, readonly [ClientErrorCode, string]> = new Map([
  [CLOSE.unsupportedData, ['protocol_error', 'The server refused a frame that was not text.']],
  [CLOSE.tooLarge, ['too_large', 'The server refused a message as too large.']],
  [CLOSE.protocolError, ['protocol_error', 'The server refused too many messages as malformed.']],
  [CLOSE.unauthorized, ['unauthorized', 'The server refused the token; sign in again.']],
  [CLOSE.kicked, ['kicked', 'Somebody put you out of the room.']],
  [CLOSE.banned, ['banned', 'You are banned from the room.']],
  [CLOSE.roomClosed, ['room_closed', 'The room was closed.']],
  [CLOSE.replaced, ['replaced', 'The session goes on in another connection.']],
  [CLOSE.tooManySessions, ['too_many_sessions', 'Too many sessions of this user are open; close one.']],
  [
    CLOSE.tokenExpired,
    ['token_expired', 'The access token has expired; connect with a function that renews it.'],
  ],
]);

/** The error that a close with this code leaves, where it is final. */
export function stopError(closeCode: number): ParleyClientError {
  const [code, message] = STOPS.get(closeCode) ?? ['closed', `The server closed the session (${closeCode}).`];
  return new ParleyClientError(code, message, { closeCode });
}

/** Errors of a token source that time won't heal. What is not ours may be an application's lost fetch. */
export function isFinal(error: unknown): error is ParleyClientError {
  return error instanceof ParleyClientError && !PASSING.has(error.code);
}

const PASSING: ReadonlySet<ClientErrorCode> = new Set([
  'network',
  'timeout',
  'rate_limited',
  'internal',
  'unavailable',
]);
