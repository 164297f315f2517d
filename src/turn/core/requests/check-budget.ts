/**
 * Checks of credentials that a turn of the event loop may spend on strangers by UDP, and on those at one address. As many that
 * fail may be spent on clients.
 */
export const CHECKS_A_TURN = 64;
export const CHECKS_OF_ONE = 32;

interface CheckTurnsDeps {
  /** Calls `run` after every socket that is ready now has been read. */
  nextTurn: (run: () => void) => void;
}

/**
 * Fair shares of the checks of credentials, which cost some 40 µs each, whatever they find: a flood of wrong ones would leave
 * no time for media, and its answers' rate doesn't hold it. A right one among them is repeated by its client.
 */
export class CheckTurns {
  readonly #nextTurn: CheckTurnsDeps['nextTurn'];
  /** Checks of this turn, by address: at most `CHECKS_A_TURN` entries. */
  readonly #byAddress = new Map<string, number>();
  #left = CHECKS_A_TURN;
  #scheduled = false;

  constructor({ nextTurn }: CheckTurnsDeps) {
    this.#nextTurn = nextTurn;
  }

  /** Whether this turn has had its share of checks. */
  isSpent(address: string): boolean {
    return this.#left === 0 || (this.#byAddress.get(address) ?? 0) >= CHECKS_OF_ONE;
  }

  /** Counts one check; false if this turn has had its share of them. */
  take(address: string): boolean {
    if (this.isSpent(address)) return false;
    this.#left--;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    if (!this.#scheduled) this.#nextTurn(this.#begin);
    this.#scheduled = true;
    return true;
  }

  readonly #begin = (): void => {
    this.#scheduled = false;
    this.#left = CHECKS_A_TURN;
    this.#byAddress.clear();
  };
}
