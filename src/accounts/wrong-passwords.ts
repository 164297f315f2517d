import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';

/** Wrong passwords at one account, within `WINDOW_MS`, that slow nobody down [AC2]. */
export const FREE_WRONG_PASSWORDS = 10;
/** Milliseconds that a wrong password counts [AC2]. */
export const WINDOW_MS = 600_000;
/** Milliseconds that each further wrong password delays the next answers. */
export const DELAY_STEP_MS = 500;
/** Max milliseconds that an answer is delayed [AC2]. */
export const MAX_DELAY_MS = 5_000;
/** Max accounts whose wrong passwords are counted; beyond, the one tried longest ago is forgotten. About 5 MB. */
export const ACCOUNTS_COUNTED = 16_384;
/** Max answers that wait. Beyond, the one that has waited longest goes out early, because none may be refused. */
export const ANSWERS_WAITING = 1_024;

/** Wrong passwords of one account beyond which the delay doesn't grow. */
const MAX_COUNTED = FREE_WRONG_PASSWORDS + MAX_DELAY_MS / DELAY_STEP_MS - 1;

/**
 * Slows down guessing at an account, from however many addresses: after `FREE_WRONG_PASSWORDS`, right and wrong passwords
 * are answered later. Nobody is locked out, or an attacker could lock the owner out [AC2].
 */
export class WrongPasswords {
  readonly #clock: Clock;
  /** By account: when they came, in monotonic milliseconds, oldest first. */
  readonly #times = new BoundedMap<string, readonly number[]>(ACCOUNTS_COUNTED);
  /** Sends the answers that wait, the longest waiting first. */
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a wrong password. @param account an e-mail address's key, whether there is such an account or not */
  add(account: string): void {
    this.#times.set(account, [...this.#recent(account), this.#clock.monotonic()].slice(-MAX_COUNTED));
  }

  /** Milliseconds by which answers to tries at this account are delayed now. */
  delayMs(account: string): number {
    const counted = this.#recent(account).length;
    return counted < FREE_WRONG_PASSWORDS ? 0 : (counted - FREE_WRONG_PASSWORDS + 1) * DELAY_STEP_MS;
  }

  /** Resolves after a delay, or earlier if too many answers wait. */
  async wait(delayMs: number): Promise<void> {
    if (delayMs === 0) return;
    const [longest] = this.#waiting;
    if (this.#waiting.size >= ANSWERS_WAITING) longest?.();
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(delayMs, go);
      this.#waiting.add(go);
    });
  }

  get size(): number {
    return this.#times.size;
  }

  #recent(account: string): readonly number[] {
    const since = this.#clock.monotonic() - WINDOW_MS;
    return (this.#times.get(account) ?? []).filter((time) => time > since);
  }
}
