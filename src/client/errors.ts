import type { ErrorCode } from '../protocol/codes.ts';

/**
 * Codes beside those of the server's `error` events and problem bodies:
 * `network` – the server could not be reached; `timeout` – it did not answer in time;
 * `closed` – the client or the call was closed by its own side;
 * `session_lost` – the session could not be resumed, and what was under way in it is unknown;
 * `unsupported` – this browser or runtime lacks what is needed, WebRTC or WebSockets;
 * `media_failed` – a track could not be sent to one or more peers;
 * the rest are the reasons of closes [close codes of the wire contract].
 */
export const CLIENT_ERROR_CODES = [
  'network',
  'timeout',
  'closed',
  'session_lost',
  'unsupported',
  'media_failed',
  'protocol_error',
  'kicked',
  'room_closed',
  'replaced',
  'token_expired',
] as const;
export type ClientErrorCode = ErrorCode | (typeof CLIENT_ERROR_CODES)[number];

interface ClientErrorOptions {
  cause?: unknown;
  closeCode?: number | undefined;
  retryAfterMs?: number | undefined;
}

/** What the SDK throws and rejects with: a stable `code` for programs, a `message` for developers. */
export class ParleyClientError extends Error {
  override readonly name = 'ParleyClientError';
  readonly code: ClientErrorCode;
  /** The WebSocket close code, where a close was the reason. */
  readonly closeCode: number | undefined;
  /** Milliseconds to wait before the same request can succeed; only with `rate_limited`. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.closeCode = options.closeCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}
