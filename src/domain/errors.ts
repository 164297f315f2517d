import type { ErrorCode } from '../protocol/codes.ts';
import type { LimitName } from '../protocol/limit-names.ts';

export interface FieldError {
  /** Dotted path of the field, '' for the whole body. */
  readonly path: string;
  readonly message: string;
}

interface ParleyErrorOptions {
  cause?: unknown;
  retryAfterMs?: number;
  errors?: readonly FieldError[];
  limit?: LimitName;
}

/**
 * The domain's error class: a stable `code` for programs, and for people a `message` that says what to do next. It refuses a
 * request: nothing was changed.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  /** Milliseconds after which the same request can succeed, if known. */
  readonly retryAfterMs: number | undefined;
  /** Which fields were wrong; only with `validation_failed`. */
  readonly errors: readonly FieldError[] | undefined;

  /** The limit that was hit, if one is the reason: `LimitHits` counts it. */
  readonly limit: LimitName | undefined;

  constructor(code: ErrorCode, message: string, options: ParleyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors;
    this.limit = options.limit;
  }
}

/**
 * Tells why the server can't start: a wrong setting, a port in use, a database of a newer version. The message tells the
 * person at the terminal what is wrong and what to do.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Returns the message of an error, or any other thrown value as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Ends a switch over a union: an unhandled new member is a type error here. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`);
}
