import type { ErrorCode } from '../protocol/codes.ts';

export interface FieldError {
  /** Dotted path of the field, '' for the whole body. */
  readonly path: string;
  readonly message: string;
}

interface ParleyErrorOptions {
  cause?: unknown;
  retryAfterMs?: number;
  errors?: readonly FieldError[];
}

/**
 * The one error class of the domain: a stable `code` for programs, a `message` for people that says what to do
 * next. Whoever throws it has refused a request; nothing has been changed and nothing is lost.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  /** Milliseconds to wait before the same request can succeed; only with `rate_limited`. */
  readonly retryAfterMs: number | undefined;
  /** Which fields were wrong; only with `validation_failed`. */
  readonly errors: readonly FieldError[] | undefined;

  constructor(code: ErrorCode, message: string, options: ParleyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors;
  }
}

/**
 * The server can't start as it is set up: a wrong setting, a port in use, a database of a newer version. The message
 * is for the person at the terminal: what is wrong, and what to do.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The text of anything that can be thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Closes a switch over a union: a new member that nobody handles is a type error here. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`);
}
