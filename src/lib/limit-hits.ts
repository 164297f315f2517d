import { ParleyError } from '../domain/errors.ts';
import { LIMIT_NAMES, type LimitName } from '../protocol/limit-names.ts';
import type { Clock } from './clock.ts';

/** How often a limit was hit since the start. */
export interface LimitHit {
  readonly limit: LimitName;
  readonly count: number;
  /** Milliseconds since 1970; null: never. */
  readonly lastAt: number | null;
}

/** Counts how often clients run into each limit, for the operator. Names are a closed set, so this never grows. */
export class LimitHits {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #hits = new Map<LimitName, { count: number; lastAt: number | null }>(
    LIMIT_NAMES.map((limit) => [limit, { count: 0, lastAt: null }]),
  );
  /** Counts that another thread keeps, and what they were when they were last looked at. */
  readonly #watched: { readonly limit: LimitName; readonly count: () => number; seen: number }[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  hit(limit: LimitName): void {
    this.#add(limit, 1);
  }

  /** Counts a refusal, if a limit is the reason for it. Call it where the refusal is answered, and only there. */
  note(refusal: unknown): void {
    if (refusal instanceof ParleyError && refusal.limit !== undefined) this.hit(refusal.limit);
  }

  /** Adds a count that somebody else keeps. It is looked at in `list()`, which takes that moment as the time. */
  watch(limit: LimitName, count: () => number): void {
    this.#watched.push({ limit, count, seen: 0 });
  }

  /** Returns all limits, also those that nobody has hit. */
  list(): LimitHit[] {
    for (const watched of this.#watched) {
      const count = watched.count();
      if (count > watched.seen) this.#add(watched.limit, count - watched.seen);
      watched.seen = count;
    }
    return [...this.#hits].map(([limit, { count, lastAt }]) => ({ limit, count, lastAt }));
  }

  #add(limit: LimitName, times: number): void {
    const hit = this.#hits.get(limit);
    if (hit === undefined) return;
    hit.count += times;
    hit.lastAt = this.#clock.now();
  }
}
