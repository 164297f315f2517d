import type { ErrorCode } from '../protocol/codes.ts';

/** Reasons for which the server ends a session for good: `closeCode` says so too. */
type CloseOnlyCode = 'kicked' | 'room_closed' | 'replaced' | 'token_expired';

/** Why a sign-in at the OpenID provider failed; `finishSignIn` rejects with these. */
type ProviderCode = 'access_denied' | 'sign_in_expired' | 'provider_failed';

/** Why nobody took a direct call; `client.call` rejects with these. */
type RefusedCallCode = 'declined' | 'user_busy';

/** What is wrong with a field of a request. */
export interface FieldError {
  /** The field; names of nested fields are joined by dots. Empty if it is none in particular. */
  readonly path: string;
  /** Such as `must be at least 8 characters`. */
  readonly message: string;
}

/** Refusals that pass: the same request may succeed later. */
type PassingCode = 'rate_limited' | 'unavailable' | 'knock_refused';

/** What an error's `code` can be: one of the server's codes, or one for what only a client sees. */
export type ClientErrorCode =
  | ErrorCode
  /** The server could not be reached. */
  | 'network'
  /** The server, or a peer, did not answer in time. */
  | 'timeout'
  /** This side closed the client or left the call. */
  | 'closed'
  /** The session could not be resumed: whether the server processed the request is unknown. */
  | 'session_lost'
  /** This browser or runtime lacks WebRTC or WebSockets, or a peer's application takes no messages. */
  | 'unsupported'
  /** A track could not be sent to one or more peers; `cause` has the reasons. */
  | 'media_failed'
  /** The server speaks another protocol, or refused what this SDK sent as malformed. */
  | 'protocol_error'
  | ProviderCode
  | RefusedCallCode
  | CloseOnlyCode;

interface ClientErrorOptions {
  readonly cause?: unknown;
  readonly closeCode?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly peerIds?: readonly string[] | undefined;
}

interface ClientErrorOf<Code, CloseCode, RetryAfterMs> extends Error {
  readonly name: 'ParleyClientError';
  /** Stable: programs may switch on it. */
  readonly code: Code;
  /** The WebSocket close code (RFC 6455, 7.4), if a close was the reason. */
  readonly closeCode: CloseCode;
  /** Milliseconds to wait before the same request can succeed; undefined if the server named none. */
  readonly retryAfterMs: RetryAfterMs;
  /** One per refused field with `validation_failed`; empty with any other code. */
  readonly errors: readonly FieldError[];
  /** Whom a message of `call.send` did not reach; empty with any other error. */
  readonly peerIds: readonly string[];
}

/**
 * What the SDK throws and rejects with: a stable `code` for programs, a `message` for developers that says what to do
 * next. A switch over `code` narrows the other fields.
 * @example
 * try {
 *   await client.join(roomId);
 * } catch (error) {
 *   if (!(error instanceof ParleyClientError)) throw error;
 *   switch (error.code) {
 *     case 'password_required':
 *       return askForPassword();
 *     case 'rate_limited':
 *       return tryAgainIn(error.retryAfterMs ?? 1_000);
 *     case 'validation_failed':
 *       return error.errors.forEach(({ path, message }) => showBeside(path, message));
 *     default:
 *       return show(error.message);
 *   }
 * }
 */
export type ParleyClientError =
  | ClientErrorOf<PassingCode, number | undefined, number | undefined>
  | ClientErrorOf<CloseOnlyCode, number, undefined>
  | ClientErrorOf<Exclude<ClientErrorCode, PassingCode | CloseOnlyCode>, number | undefined, undefined>;

interface ParleyClientErrorConstructor {
  new (code: ClientErrorCode, message: string, options?: ClientErrorOptions): ParleyClientError;
  readonly prototype: ParleyClientError;
}

/** The class of the SDK's errors, for `instanceof`. */
export const ParleyClientError: ParleyClientErrorConstructor = class extends Error {
  override readonly name = 'ParleyClientError';
  readonly code: ClientErrorCode;
  readonly closeCode: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly errors: readonly FieldError[];
  readonly peerIds: readonly string[];

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.closeCode = options.closeCode;
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors ?? [];
    this.peerIds = options.peerIds ?? [];
  }
} as ParleyClientErrorConstructor;
