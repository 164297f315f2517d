import { ParleyClientError } from '../client/index.ts';
import type { Messages } from './i18n/messages.ts';

/** What went wrong, as a code that the page can explain, and how long to wait before trying again. */
export interface Failure {
  readonly code: string;
  readonly retryAfterMs: number;
}

/** Maps what the SDK threw to a failure; anything else is `unknown`. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof ParleyClientError)) return { code: 'unknown', retryAfterMs: 0 };
  const code = shownCodeOf(thrown);
  return { code, retryAfterMs: thrown.retryAfterMs ?? 0 };
}

function shownCodeOf({ code, retryAfterMs }: ParleyClientError): string {
  if (code === 'timeout') return 'network';
  // Only whom a host has refused must wait before knocking again [KN4].
  return String(code) === 'knock_refused' && retryAfterMs === undefined ? 'knock_unanswered' : code;
}

/** Refusals of a token. */
const ABOUT_TOKEN: ReadonlySet<string> = new Set(['unauthorized', 'token_expired', 'forbidden']);

/**
 * Returns what to show for a failure.
 * @param bySite whether the token is of the site that shows the page, which alone can give another
 */
export function failureText(
  { code, retryAfterMs }: Failure,
  t: Messages,
  bySite = false,
): { title: string; text: string } {
  if (bySite && ABOUT_TOKEN.has(code)) return t.failure.refusedToSite;
  if (code === 'rate_limited') {
    return t.failure.rateLimited(t.seconds(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  }
  return isFailureWord(code, t) ? t.failure[code] : t.failure.unknown;
}

type FailureWord = Exclude<keyof Messages['failure'], 'rateLimited' | 'refusedToSite'>;

function isFailureWord(code: string, t: Messages): code is FailureWord {
  return code !== 'rateLimited' && code !== 'refusedToSite' && Object.hasOwn(t.failure, code);
}

/** Returns the names of the fields that the server found invalid; empty for any other error. */
export function invalidFieldsOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof ParleyClientError) || thrown.code !== 'validation_failed') return [];
  return thrown.errors.map(({ path }) => path);
}
