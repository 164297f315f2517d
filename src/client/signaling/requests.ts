import type { ClientEvent, ClientPayload } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import { frame, type ServerMessage } from './frames.ts';

/** Messages that may wait for an answer at once, most of them because the line is down. */
export const UNANSWERED_MESSAGES = 1_024;

interface Waiting {
  readonly frame: string;
  readonly resolve: (reply: ServerMessage) => void;
  readonly reject: (error: ParleyClientError) => void;
}

/** Numbered messages [WS4] until their answer comes: each is processed once, however often the line breaks. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /**
   * Numbers a message and gives it to `send`.
   * @throws ParleyClientError `too_large` over `messageBytes`, `rate_limited` while too many wait, the server's code
   *   where it refused, `session_lost` where it can't be known
   */
  add<Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
    { messageBytes, send }: { messageBytes: number; send: (frame: string) => void },
  ): Promise<ServerMessage> {
    if (this.#waiting.size >= UNANSWERED_MESSAGES) {
      return Promise.reject(
        new ParleyClientError(
          'rate_limited',
          `${UNANSWERED_MESSAGES} messages wait for an answer; send fewer.`,
        ),
      );
    }
    const text = frame(event, payload, this.#lastId + 1);
    if (text.length * 3 > messageBytes && new TextEncoder().encode(text).length > messageBytes) {
      return Promise.reject(
        new ParleyClientError(
          'too_large',
          `A message may have ${messageBytes} bytes; this ${event} has more.`,
        ),
      );
    }
    this.#lastId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#lastId, { frame: text, resolve, reject });
      send(text);
    });
  }

  /** An answer came; undefined for one that this client can't read. */
  settle(re: number, message: ServerMessage | undefined): void {
    const waiting = this.#waiting.get(re);
    if (waiting === undefined) return;
    this.#waiting.delete(re);
    if (message === undefined) {
      waiting.reject(
        new ParleyClientError('internal', 'The server gave an answer that this version cannot read.'),
      );
    } else if (message.event === 'error') {
      const { code, message: text, retryAfterMs } = message.payload;
      waiting.reject(new ParleyClientError(code, text, { retryAfterMs }));
    } else waiting.resolve(message);
  }

  /** What the server has not processed, in order: all above its `lastId` [SE3]. */
  unprocessed(lastId: number): string[] {
    return [...this.#waiting].flatMap(([id, waiting]) => (id > lastId ? [waiting.frame] : []));
  }

  /** Ends all that wait; a new session numbers from 1. */
  failAll(error: ParleyClientError): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#lastId = 0;
    for (const { reject } of all) reject(error);
  }
}
