import type { UplinkState } from '../../media-types.ts';
import type { Clock } from '../../signaling/clock.ts';

/** Milliseconds between two events. */
const EVENT_MS = 1_000;
/** Changes by less than this part are not told. */
const NOTICEABLE = 0.03;

interface NewsDeps {
  readonly clock: Clock;
  readonly onChange: (state: UplinkState) => void;
}

/** Tells what this side sends, once a second at most. */
export class UplinkNews {
  readonly #deps: NewsDeps;
  #told: UplinkState;
  #toldAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  state: UplinkState;

  constructor(deps: NewsDeps, state: UplinkState) {
    this.#deps = deps;
    this.#told = state;
    this.state = state;
  }

  set(state: UplinkState): void {
    this.state = state;
    if (this.#cancel !== undefined || !isNews(this.#told, state)) return;
    const { clock } = this.#deps;
    const wait = Math.max(0, this.#toldAt + EVENT_MS - clock.now());
    // Later even if nothing is in the way: whoever changes the limit may set the application's listeners next.
    this.#cancel = clock.after(Math.min(wait, EVENT_MS), () => {
      this.#cancel = undefined;
      if (!isNews(this.#told, this.state)) return;
      this.#told = this.state;
      this.#toldAt = clock.now();
      this.#deps.onChange(this.state);
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

function isNews(told: UplinkState, now: UplinkState): boolean {
  if (told.limit !== now.limit) return true;
  const [before, after] = [told.bitsPerSecond, now.bitsPerSecond];
  if (before === null || after === null) return before !== after;
  return Math.abs(after - before) > NOTICEABLE * before;
}
