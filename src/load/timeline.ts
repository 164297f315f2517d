/** Counts of one second of the run. */
export interface Second {
  sent: number;
  received: number;
  joins: number;
}

/** Counts per second, from the start of the run. */
export class Timeline {
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #seconds: Second[] = [];

  /** @param now milliseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  count(what: keyof Second): void {
    const index = Math.floor((this.#now() - this.#startedAt) / 1_000);
    while (this.#seconds.length <= index) this.#seconds.push({ sent: 0, received: 0, joins: 0 });
    const second = this.#seconds[index];
    if (second !== undefined) second[what] += 1;
  }

  get seconds(): readonly Readonly<Second>[] {
    return this.#seconds;
  }

  /** The last complete second. */
  get latest(): Readonly<Second> {
    const index = Math.floor((this.#now() - this.#startedAt) / 1_000) - 1;
    return this.#seconds[index] ?? { sent: 0, received: 0, joins: 0 };
  }
}
