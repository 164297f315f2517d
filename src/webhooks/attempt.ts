import { messageOf } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { retryAfterOf } from './schedule.ts';
import { signatureHeaders } from './signature.ts';

/** Milliseconds after which a try ends [CT5]. */
export const TRY_MS = 15_000;
/** Bytes of an answer that are read: what it says doesn't count, but it has to arrive. */
export const ANSWER_BYTES = 65_536;

/** `delivered`: a 2xx. `gone`: 410, nothing more is wanted. */
export interface Outcome {
  readonly result: 'delivered' | 'gone' | 'failed';
  /** An HTTP status, or why there is none. */
  readonly said: string;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number;
}

interface AttemptDeps {
  readonly fetch: typeof fetch;
  /** Bytes that sign. */
  readonly secrets: readonly Buffer[];
  readonly clock: Clock;
}

/** Sends one event once. Never throws. @param stop ends the try */
export type Attempt = (
  event: { readonly url: string; readonly id: string; readonly body: string },
  stop: AbortSignal,
) => Promise<Outcome>;

export function createAttempt({ fetch, secrets, clock }: AttemptDeps): Attempt {
  return async ({ url, id, body }, stop) => {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, stop]);
    const cancel = clock.after(TRY_MS, () => abort.abort(new Error(`no answer within ${TRY_MS / 1_000} s`)));
    try {
      const response = await fetch(url, {
        method: 'POST',
        // A redirect is a failure: a signed event goes where the operator sent it, and nowhere else.
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Parley',
          ...signatureHeaders({ id, body }, secrets, clock.now()),
        },
        body,
        signal,
      });
      await drain(response);
      return outcomeOf(response, clock.now());
    } catch (thrown) {
      return { result: 'failed', said: whyNot(thrown, signal), retryAfterMs: 0 };
    } finally {
      cancel();
    }
  };
}

function outcomeOf({ ok, status, headers }: Response, now: number): Outcome {
  const said = String(status);
  if (ok) return { result: 'delivered', said, retryAfterMs: 0 };
  if (status === 410) return { result: 'gone', said, retryAfterMs: 0 };
  const waits = status === 429 || status === 503;
  return {
    result: 'failed',
    said,
    retryAfterMs: waits ? retryAfterOf(headers.get('retry-after'), now) : 0,
  };
}

/** Reads the answer to its end, or to its bound: one that breaks off in the middle is none. */
async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  for (let bytes = 0; bytes < ANSWER_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
  }
  await reader.cancel();
}

/** Node's fetch says "fetch failed", and the reason in its cause. */
function whyNot(thrown: unknown, { aborted, reason }: AbortSignal): string {
  if (aborted) return messageOf(reason);
  return messageOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
}
