/** Max messages of one connection that wait while an earlier one (a password check, say) is still being answered. */
export const WAITING_MESSAGES = 64;

/** Bytes of all messages that wait at once, of all connections together. */
export const ALL_WAITING_BYTES = 16_777_216;

/** Bounds what all waiting lines of a hub hold together. */
export class WaitingBudget {
  #bytes = 0;

  /** @returns false, having counted nothing, if there is no room left */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > ALL_WAITING_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** Messages of one connection that came while an earlier one is still being answered. */
export class WaitingLine<Item> {
  readonly #budget: WaitingBudget;
  readonly #mostBytes: number;
  readonly #items: { readonly item: Item; readonly bytes: number }[] = [];
  #bytes = 0;

  /** @param mostBytes of all its messages */
  constructor(budget: WaitingBudget, mostBytes: number) {
    this.#budget = budget;
    this.#mostBytes = mostBytes;
  }

  /** @returns `full` if this line has no room for the message, `all_full` if all lines together have none */
  push(item: Item, bytes: number): 'taken' | 'full' | 'all_full' {
    if (this.#items.length >= WAITING_MESSAGES || this.#bytes + bytes > this.#mostBytes) return 'full';
    if (!this.#budget.take(bytes)) return 'all_full';
    this.#bytes += bytes;
    this.#items.push({ item, bytes });
    return 'taken';
  }

  shift(): Item | undefined {
    const first = this.#items.shift();
    if (first === undefined) return undefined;
    this.#bytes -= first.bytes;
    this.#budget.giveBack(first.bytes);
    return first.item;
  }

  /** Drops all messages. */
  clear(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
    this.#items.length = 0;
  }
}
