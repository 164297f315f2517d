import type { Clock } from '../lib/clock.ts';
import { ParleyError } from '../lib/errors.ts';
import type { HttpResponse } from '../native/uws.ts';
import { BODY_BYTES, REFUSED_BODY_BYTES, REFUSED_BODY_MS, UNAUTHENTICATED_MS } from '../protocol/limits.ts';
import { type Budget, createBodyBuffer, tooLarge } from './body.ts';
import { statusLine } from './problems.ts';
import type { Header, Reply } from './reply.ts';

interface ExchangeDeps {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly response: HttpResponse;
  /** Answers without the body that `reply.body` has, but with its length. */
  readonly isHead: boolean;
}

/**
 * One request and its one response. uWS frees a response when the client leaves, and throws on any use after that
 * or after the end: nobody else touches it.
 */
export interface Exchange {
  /**
   * Reads the body; must be called in the tick in which the request came. `done` gets it once, whole, unless the
   * client leaves first; the bytes are valid until the reply.
   * @param declared the Content-Length header, '' if there is none
   */
  receive(declared: string, done: (body: Uint8Array) => void, refused: (error: ParleyError) => void): void;
  /** Writes the response in one go. Nothing happens if the client has left, or was answered. */
  reply(reply: Reply, extra: readonly Header[]): void;
}

/** Headers of every response [HT7]. */
const ALWAYS: readonly Header[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
];

export function openExchange({ clock, budget, response, isHead }: ExchangeDeps): Exchange {
  const buffer = createBodyBuffer(budget);
  /** `lingering`: answered, but the rest of a refused body is still being read. */
  let state: 'receiving' | 'open' | 'lingering' | 'over' = 'open';
  let cancelDeadline = (): void => {};

  const over = (): void => {
    state = 'over';
    cancelDeadline();
    buffer.release();
  };
  response.onAborted(over);

  const hangUp = (): void => {
    if (state !== 'lingering') return;
    over();
    response.cork(() => response.end(undefined, true));
  };

  return {
    receive(declared, done, refused) {
      let unread = 0;
      const refuse = (error: ParleyError): void => {
        cancelDeadline();
        refused(error);
      };
      const step = (chunk: ArrayBuffer, isLast: boolean): void => {
        if (state === 'lingering') {
          unread += chunk.byteLength;
          if (isLast || unread > REFUSED_BODY_BYTES) hangUp();
          return;
        }
        if (state !== 'receiving') return;
        try {
          buffer.add(chunk);
        } catch (error) {
          if (!(error instanceof ParleyError)) throw error;
          refuse(error);
          if (isLast) hangUp();
          return;
        }
        if (!isLast) return;
        state = 'open';
        cancelDeadline();
        done(buffer.bytes());
      };
      state = 'receiving';
      cancelDeadline = clock.after(UNAUTHENTICATED_MS, () => refuse(late()));
      response.onData(step);
      if (Number(declared) > BODY_BYTES) refuse(tooLarge());
    },

    reply(reply, extra) {
      if (state === 'over' || state === 'lingering') return;
      const unfinished = state === 'receiving';
      over();
      response.cork(() => {
        response.writeStatus(statusLine(reply.status));
        for (const [name, value] of [...ALWAYS, ...reply.headers, ...extra])
          response.writeHeader(name, value);
        response.writeHeader('Cache-Control', reply.cache);
        if (unfinished) response.writeHeader('Connection', 'close').write(reply.body ?? '');
        else if (reply.body === undefined) response.endWithoutBody();
        else if (isHead) response.endWithoutBody(lengthOf(reply.body));
        else response.end(reply.body);
      });
      if (!unfinished) return;
      // Ended at once, the connection would be reset under the client's hands, and the answer lost with it.
      state = 'lingering';
      cancelDeadline = clock.after(REFUSED_BODY_MS, hangUp);
    },
  };
}

function late(): ParleyError {
  return new ParleyError(
    'request_timeout',
    `A request must arrive whole within ${UNAUTHENTICATED_MS / 1_000} s.`,
  );
}

function lengthOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
