import { ParleyError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { UNAUTHENTICATED_MS } from '../../protocol/limits.ts';
import { sendBody, sendHeadAndClose } from '../../uws/send.ts';
import type { HttpResponse } from '../../uws/types.ts';
import type { MayStayOpen } from './bodiless.ts';
import { BODY_BYTES, type Budget, createBodyBuffer, tooLarge } from './body.ts';
import { statusLine } from './problems.ts';
import type { Header, Reply } from './reply.ts';

/** How much longer a refused body is received, in milliseconds and bytes, so that the client reads the refusal. */
export const REFUSED_BODY_MS = 1_000;
export const REFUSED_BODY_BYTES = 1_048_576;

interface ExchangeDeps {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly mayStayOpen: MayStayOpen;
  readonly response: HttpResponse;
  /** For HEAD: the reply tells the length of its body and leaves the body out. */
  readonly isHead: boolean;
  /** Called if the client leaves before the reply. */
  readonly left: () => void;
}

/**
 * One request and its response. uWS frees a response when the client leaves, and throws if it is used after that or after its
 * end, so nothing else touches it.
 */
export interface Exchange {
  /**
   * Receives the body; must be called in the tick in which the request came. Calls `done` once with the whole body, valid
   * until the reply, or `refused`; neither if the client leaves first.
   * @param declared the Content-Length header, '' if there is none
   */
  receive(declared: string, done: (body: Uint8Array) => void, refused: (error: ParleyError) => void): void;
  /** Writes the response, a large one as fast as it is read. Does nothing if the client has left or was answered. */
  reply(reply: Reply, extra: readonly Header[]): void;
}

/** Headers of every response [HT7]. */
const ALWAYS: readonly Header[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
];

export function openExchange(deps: ExchangeDeps): Exchange {
  const { clock, budget, mayStayOpen, response, isHead, left } = deps;
  const buffer = createBodyBuffer(budget);
  let state: 'open' | 'receiving' | 'over' = 'open';
  let cancelTimer = (): void => {};

  const finish = (): void => {
    state = 'over';
    cancelTimer();
    buffer.release();
  };
  response.onAborted(() => {
    if (state !== 'over') left();
    finish();
  });

  return {
    receive(declared, done, refused) {
      /** Set once the body is refused: the rest of it is dropped. */
      let refusal: ParleyError | undefined;
      let droppedBytes = 0;

      // If the connection were closed at once, a client that is still writing would see a reset instead of the reply.
      const refuse = (error: ParleyError): void => {
        refusal = error;
        buffer.release();
        cancelTimer();
        cancelTimer = clock.after(REFUSED_BODY_MS, () => refused(error));
      };
      const keep = (chunk: ArrayBuffer): void => {
        try {
          buffer.add(chunk);
        } catch (error) {
          if (!(error instanceof ParleyError)) throw error;
          refuse(error);
        }
      };

      state = 'receiving';
      cancelTimer = clock.after(UNAUTHENTICATED_MS, () => refused(late()));
      if (Number(declared) > BODY_BYTES) refuse(tooLarge());
      response.onData((chunk, isEnd) => {
        if (state !== 'receiving') return;
        if (refusal === undefined) keep(chunk);
        else droppedBytes += chunk.byteLength;
        if (refusal !== undefined) {
          if (isEnd || droppedBytes > REFUSED_BODY_BYTES) refused(refusal);
        } else if (isEnd) {
          state = 'open';
          cancelTimer();
          done(buffer.bytes());
        }
      });
    },

    reply(reply, extra) {
      if (state === 'over') return;
      // The rest of a body that wasn't received whole can't be told from the next request.
      const closes = state === 'receiving';
      finish();
      response.cork(() => {
        response.writeStatus(statusLine(reply.status));
        for (const [name, value] of [...ALWAYS, ...reply.headers, ...extra])
          response.writeHeader(name, value);
        response.writeHeader('Cache-Control', reply.cache);
        const { body } = reply;
        if (body !== undefined && !isHead && reply.status !== 304) {
          if (closes) response.end(body, closes);
          else sendBody(response, body);
          return;
        }
        if (body !== undefined) response.writeHeader('Content-Length', String(Buffer.byteLength(body)));
        // endWithoutBody, if given the length, would leave the response pending and cut off the next request.
        if (mayStayOpen()) response.endWithoutBody();
        else sendHeadAndClose(response);
      });
    },
  };
}

function late(): ParleyError {
  return new ParleyError(
    'request_timeout',
    `The request did not arrive whole within ${UNAUTHENTICATED_MS / 1_000} s. Send it again.`,
  );
}
