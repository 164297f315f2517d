import type { ClientEvent, ClientPayload } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import { type ServerMessage, writeFrame } from './frames.ts';

/** Messages that may wait for an answer at once; most of them wait for the connection to return. */
export const UNANSWERED_MESSAGES = 1_024;

/** Bytes of a UTF-16 code unit in UTF-8, at most. */
const MAX_BYTES_PER_UNIT = 3;

interface Unanswered {
  readonly frame: string;
  readonly resolve: (reply: ServerMessage) => void;
  readonly reject: (error: ParleyClientError) => void;
}

/** Numbered messages [WS4], kept until they are answered: each is processed once, however often the connection breaks. */
export class Requests {
  readonly #unanswered = new Map<number, Unanswered>();
  #lastId = 0;

  /**
   * Numbers a message and passes it to `send`; resolves with the server's answer.
   * @throws ParleyClientError the server's code if it refused; `too_large` above `messageBytes`; `rate_limited` while
   *   `UNANSWERED_MESSAGES` wait; `session_lost` if the outcome can't be known
   */
  add<Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
    { messageBytes, send }: { messageBytes: number; send: (frame: string) => void },
  ): Promise<ServerMessage> {
    if (this.#unanswered.size >= UNANSWERED_MESSAGES) {
      const message = `${UNANSWERED_MESSAGES} messages wait for an answer; send fewer.`;
      return Promise.reject(new ParleyClientError('rate_limited', message));
    }
    const frame = writeFrame(event, payload, this.#lastId + 1);
    if (byteLengthExceeds(frame, messageBytes)) {
      const message = `This ${event} is larger than the ${messageBytes} bytes that a message may have.`;
      return Promise.reject(new ParleyClientError('too_large', message));
    }
    this.#lastId += 1;
    return new Promise((resolve, reject) => {
      this.#unanswered.set(this.#lastId, { frame, resolve, reject });
      send(frame);
    });
  }

  /** Settles the message with id `re`. @param message undefined if this client can't read the answer */
  settle(re: number, message: ServerMessage | undefined): void {
    const request = this.#unanswered.get(re);
    if (request === undefined) return;
    this.#unanswered.delete(re);
    if (message === undefined) {
      request.reject(
        new ParleyClientError('internal', "This version of the SDK can't read the server's answer."),
      );
    } else if (message.event === 'error') {
      const { code, message: text, retryAfterMs } = message.payload;
      request.reject(new ParleyClientError(code, text, { retryAfterMs }));
    } else request.resolve(message);
  }

  /** The frames that the server has not processed, in order: all above its `lastId` [SE3]. */
  unprocessed(lastId: number): string[] {
    return [...this.#unanswered].flatMap(([id, { frame }]) => (id > lastId ? [frame] : []));
  }

  /** Rejects everything that waits, and numbers from 1 again, for a new session. */
  failAll(error: ParleyClientError): void {
    const all = [...this.#unanswered.values()];
    this.#unanswered.clear();
    this.#lastId = 0;
    for (const { reject } of all) reject(error);
  }
}

/** Whether a text has more bytes in UTF-8. It encodes only texts that might. */
export function byteLengthExceeds(text: string, bytes: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT > bytes && new TextEncoder().encode(text).length > bytes;
}
