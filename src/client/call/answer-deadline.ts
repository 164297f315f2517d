import type { Clock } from '../signaling/clock.ts';

/** Milliseconds for an answer to an offer; twice as long after each one that is sent again, up to a minute. */
const FIRST_MS = 10_000;
const LONGEST_MS = 60_000;
/** Offers in vain after which the application is told that the peer takes nothing new. */
const TOLD_AFTER = 3;

interface DeadlineDeps {
  readonly clock: Clock;
  /** Sends the offer again. @returns false if that makes no sense now: it is not counted */
  readonly again: () => boolean;
  readonly unanswered: () => void;
}

/** Sends an offer again until it is answered: while one is open, nothing else can be negotiated. */
export class AnswerDeadline {
  readonly #deps: DeadlineDeps;
  #tries = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: DeadlineDeps) {
    this.#deps = deps;
  }

  offered(): void {
    this.#cancel?.();
    this.#tries = 0;
    this.#wait();
  }

  /** The offer was answered, or taken back. */
  settled(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#deps.clock.after(Math.min(FIRST_MS * 2 ** this.#tries, LONGEST_MS), () => {
      if (this.#deps.again()) this.#tries += 1;
      if (this.#tries === TOLD_AFTER) this.#deps.unanswered();
      this.#wait();
    });
  }
}
