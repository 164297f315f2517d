/** Max credential checks per turn of the event loop, in total. */
export const CHECKS_PER_TURN = 64;
/** Max credential checks per turn of the event loop, for clients at one address. */
export const CHECKS_PER_ADDRESS = 32;

interface CheckBudgetDeps {
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
}

/**
 * Limits credential checks, which cost about 40 µs each whatever their outcome: a flood of wrong credentials would leave no
 * time for media, even if few of its requests are answered. A client whose request is dropped retransmits it.
 */
export class CheckBudget {
  readonly #nextTurn: CheckBudgetDeps['nextTurn'];
  /** Checks in this turn by address: at most `CHECKS_PER_TURN` entries. */
  readonly #byAddress = new Map<string, number>();
  #left = CHECKS_PER_TURN;
  #scheduled = false;

  constructor({ nextTurn }: CheckBudgetDeps) {
    this.#nextTurn = nextTurn;
  }

  /** Whether this turn has no check left for the address. */
  isSpent(address: string): boolean {
    return this.#left === 0 || (this.#byAddress.get(address) ?? 0) >= CHECKS_PER_ADDRESS;
  }

  /** Counts one check; returns false, counting none, if the budget is spent. */
  take(address: string): boolean {
    if (this.isSpent(address)) return false;
    this.#left--;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    if (!this.#scheduled) this.#nextTurn(this.#startTurn);
    this.#scheduled = true;
    return true;
  }

  readonly #startTurn = (): void => {
    this.#scheduled = false;
    this.#left = CHECKS_PER_TURN;
    this.#byAddress.clear();
  };
}
