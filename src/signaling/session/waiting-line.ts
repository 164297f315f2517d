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

/** What a waiting message is counted as at least: its place in memory. */
export const LEAST_BYTES = 128;

/** How much one connection's line may hold. */
export interface LineBounds {
  readonly messages: number;
  readonly bytes: number;
}

/** Messages of one connection that came while an earlier one is still being answered. */
export class WaitingLine<Item> {
  readonly #budget: WaitingBudget;
  readonly #most: LineBounds;
  readonly #items: { readonly item: Item; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(budget: WaitingBudget, most: LineBounds) {
    this.#budget = budget;
    this.#most = most;
  }

  /**
   * @param length bytes of the message, 0 if only its id is kept
   * @returns `full` if this line has no room for the message, `all_full` if all lines together have none
   */
  push(item: Item, length: number): 'taken' | 'full' | 'all_full' {
    const bytes = Math.max(length, LEAST_BYTES);
    const { messages, bytes: mostBytes } = this.#most;
    if (this.#items.length >= messages || this.#bytes + bytes > mostBytes) return 'full';
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
