import type { Clock } from '../../../src/lib/clock.ts';

interface Timer {
  at: number;
  every: number | undefined;
  run: () => void;
}

/** A clock that stands still until `advance` is called. */
export class FakeClock implements Clock {
  #now: number;
  #elapsed = 0;
  #timers = new Set<Timer>();

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#elapsed + ms, every: undefined, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#elapsed + ms, every: ms, run });
  }

  /** Moves both clocks on, running what falls due in its order. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#moveTo(next.at);
      if (next.every === undefined) this.#timers.delete(next);
      else next.at += next.every;
      next.run();
    }
    this.#moveTo(end);
  }

  /** Moves the wall clock alone, as sleep or a correction does: no timer runs. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** As a process that is held up: time goes by, and all that fell due runs once, afterwards. */
  stall(ms: number): void {
    const end = this.#elapsed + ms;
    for (const timer of this.#timers) timer.at = Math.max(timer.at, end);
    this.advance(ms);
  }

  /** Timers that are set: a module that was closed leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  #moveTo(elapsed: number): void {
    this.#now += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
