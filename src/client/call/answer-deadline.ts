import type { Clock } from '../signaling/clock.ts';

/** Milliseconds until an unanswered offer is sent again; each further wait is twice as long. */
const FIRST_MS = 10_000;
/** Max wait (ms). */
const MAX_MS = 60_000;
/** Number of unanswered offers after which the application is told. */
const TELL_AFTER = 3;

interface DeadlineDeps {
  readonly clock: Clock;
  /** Sends the offer again. Returns false, without counting, if it could not be answered now. */
  readonly repeatOffer: () => boolean;
  /** The application should know: the peer accepts nothing new. Called once for each offer. */
  readonly onUnanswered: () => void;
}

/** Sends an offer again until it is answered: while one is open, nothing else can be negotiated. */
export class AnswerDeadline {
  readonly #deps: DeadlineDeps;
  #tries = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: DeadlineDeps) {
    this.#deps = deps;
  }

  /** Starts waiting for the answer to a new offer. */
  start(): void {
    this.#cancel?.();
    this.#tries = 0;
    this.#wait();
  }

  /** Stops waiting: the offer was answered, or taken back. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#deps.clock.after(Math.min(FIRST_MS * 2 ** this.#tries, MAX_MS), () => {
      if (this.#deps.repeatOffer()) this.#tries += 1;
      if (this.#tries === TELL_AFTER) this.#deps.onUnanswered();
      this.#wait();
    });
  }
}
