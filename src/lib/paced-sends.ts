import type { Clock } from './clock.ts';
import { createThrottle, perSecond, type Throttle } from './throttle.ts';

/** Characters that go out under one key per second in the long run, and at once. */
export const CHARACTERS_PER_SECOND = 1_048_576;
/** Max milliseconds that a key waits for what went out under it, however much that was. */
export const PACE_MS = 1_000;
/** Milliseconds between two looks at what waits. */
const STEP_MS = 50;

interface PacedSendsDeps {
  readonly clock: Clock;
  /** Sends the next part of what waits under the key. Returns its characters times its receivers; undefined if nothing waits. */
  readonly sendNext: (key: string) => number | undefined;
}

/**
 * Bounds what is sent to many because one has asked. It goes out at once as long as the key's budget lasts, and else a little
 * later: for what only its newest state matters of.
 */
export class PacedSends {
  readonly #deps: PacedSendsDeps;
  readonly #spent: Throttle;
  readonly #waiting = new Set<string>();
  #cancel: (() => void) | undefined;

  constructor(deps: PacedSendsDeps) {
    this.#deps = deps;
    this.#spent = createThrottle({ clock: deps.clock, rate: perSecond(CHARACTERS_PER_SECOND) });
  }

  /** Call it when something waits under the key. */
  request(key: string): void {
    this.#waiting.add(key);
    if (!this.#send(key)) this.#cancel ??= this.#deps.clock.after(STEP_MS, () => this.#sendAll());
  }

  /** Sends everything now, whatever that costs. */
  flush(): void {
    for (const key of this.#waiting) while (this.#deps.sendNext(key) !== undefined);
    this.close();
  }

  /** Sends nothing that waits. */
  close(): void {
    this.#waiting.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sendAll(): void {
    for (const key of [...this.#waiting]) this.#send(key);
    this.#cancel =
      this.#waiting.size === 0 ? undefined : this.#deps.clock.after(STEP_MS, () => this.#sendAll());
  }

  /** Returns whether nothing is left. */
  #send(key: string): boolean {
    while (this.#spent.wait(key) === 0) {
      const characters = this.#deps.sendNext(key);
      if (characters === undefined) {
        this.#waiting.delete(key);
        return true;
      }
      this.#spent.charge(key, characters, PACE_MS);
    }
    return false;
  }
}
