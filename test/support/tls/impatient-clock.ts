import { type Clock, systemClock } from '../../../src/lib/clock.ts';

/** Waits of up to so many milliseconds are real: those between two looks at an order. */
const REAL_MS = 3_000;

interface Waiting {
  readonly ms: number;
  readonly run: () => void;
}

/** A real clock, maybe wrong, whose long waits a test ends by hand. */
export class ImpatientClock implements Clock {
  /** By how much `now` is ahead of the system's clock, in milliseconds. */
  aheadMs = 0;
  /** Long waits that were begun and not cancelled. */
  #waiting: Waiting[] = [];
  #told = (): void => {};

  now(): number {
    return Date.now() + this.aheadMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  every(ms: number, run: () => void): () => void {
    return systemClock.every(ms, run);
  }

  after(ms: number, run: () => void): () => void {
    if (ms <= REAL_MS) return systemClock.after(ms, run);
    const waiting = { ms, run };
    this.#waiting.push(waiting);
    this.#told();
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
    };
  }

  /** The long waits there are, in milliseconds. */
  get waits(): number[] {
    return this.#waiting.map(({ ms }) => ms);
  }

  /** Resolves when a wait is begun that `isIt`. */
  async until(isIt: (ms: number) => boolean): Promise<number> {
    for (;;) {
      const found = this.waits.find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  /** Ends the wait of so many milliseconds. */
  end(ms: number): void {
    const waiting = this.#waiting.find((one) => one.ms === ms);
    if (waiting === undefined) throw new Error(`nobody waits ${ms} ms; there are ${this.waits}`);
    this.#waiting = this.#waiting.filter((one) => one !== waiting);
    waiting.run();
  }
}
