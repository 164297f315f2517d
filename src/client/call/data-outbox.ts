import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { PeerChannel } from './peer-channel.ts';

/** Messages that may wait for one peer, while its channel is not open or the browser's buffer is full. */
export const WAITING_MESSAGES = 256;
/** Milliseconds that a message may wait. */
export const WAIT_MS = 30_000;

/** A connection's channel, as messages are sent by it. */
export type DataChannel = Pick<PeerChannel, 'takes' | 'open' | 'hasRoomFor' | 'send'>;

interface OutboxDeps {
  readonly clock: Clock;
  /** The channel of the peer's connection; undefined while there is none. */
  readonly channel: () => DataChannel | undefined;
}

interface Waiting {
  readonly frame: string;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Messages to one peer, in order. They stay when its connection is rebuilt, until its channel has taken them. */
export class DataOutbox {
  readonly #deps: OutboxDeps;
  #waiting: Waiting[] = [];
  #closed: ParleyClientError | undefined;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when the peer's channel has taken the message.
   * @throws ParleyClientError `unsupported` if the peer takes none; `rate_limited` while `WAITING_MESSAGES` wait; `timeout`
   *   after `WAIT_MS`; `too_large` if the peer's browser takes no message of this size; the error of `close`
   */
  send(frame: string, signal?: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#waiting.length >= WAITING_MESSAGES) {
      const problem = `${WAITING_MESSAGES} messages wait already; await each before the next.`;
      return Promise.reject(new ParleyClientError('rate_limited', problem));
    }
    return new Promise<void>((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        const index = this.#waiting.indexOf(waiting);
        if (index >= 0) this.#waiting.splice(index, 1);
        waiting.reject(reason);
      };
      const cancel = this.#deps.clock.after(WAIT_MS, () =>
        giveUp(new ParleyClientError('timeout', `Its channel has not taken it within ${WAIT_MS} ms.`)),
      );
      const abort = (): void => giveUp(signal?.reason);
      signal?.addEventListener('abort', abort);
      const settle = (): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
      };
      const waiting: Waiting = {
        frame,
        bytes: new TextEncoder().encode(frame).length,
        resolve: () => {
          settle();
          resolve();
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiting.push(waiting);
      this.flush();
    });
  }

  /** Sends what can be sent. Call it when there is another channel, or room in it. */
  flush(): void {
    const channel = this.#deps.channel();
    if (this.#waiting.length === 0 || channel?.takes === undefined) return;
    if (!channel.takes) {
      const problem = 'Its application takes no messages: it uses an older SDK, or none.';
      this.#rejectAll(new ParleyClientError('unsupported', problem));
      return;
    }
    try {
      channel.open();
    } catch (cause) {
      const problem = 'This browser refuses to create a data channel.';
      this.#rejectAll(new ParleyClientError('unsupported', problem, { cause }));
      return;
    }
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || !channel.hasRoomFor(first.bytes)) return;
      this.#waiting.shift();
      try {
        channel.send(first.frame);
        first.resolve();
      } catch (cause) {
        first.reject(
          new ParleyClientError('too_large', 'Its browser takes no message of this size.', { cause }),
        );
      }
    }
  }

  /** @param error what all further messages are rejected with, and those that wait */
  close(error: ParleyClientError): void {
    this.#closed ??= error;
    this.#rejectAll(error);
  }

  #rejectAll(error: ParleyClientError): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { reject } of all) reject(error);
  }
}
