/** What the browser was asked for one device: the same thing once at a time, and only the newest answer counts. */
export class DeviceRequests {
  #newest = 0;
  #pending: { readonly wanted: string; readonly answer: Promise<void> } | null = null;

  /** Asks, unless the same is asked already. @param wanted names what is wanted */
  run(wanted: string, ask: () => Promise<void>): Promise<void> {
    if (this.#pending?.wanted === wanted) return this.#pending.answer;
    const answer = ask().finally(() => {
      if (this.#pending?.answer === answer) this.#pending = null;
    });
    this.#pending = { wanted, answer };
    return answer;
  }

  /** A newer question than all before. @returns whether a newer one was asked since, or the answer was given up */
  supersede(): () => boolean {
    this.#newest += 1;
    return this.watch();
  }

  /** As `begin`, without giving up what was asked before. */
  watch(): () => boolean {
    const mine = this.#newest;
    return () => mine !== this.#newest;
  }

  /** Gives up the answers to everything asked so far. */
  abandon(): void {
    this.#newest += 1;
    this.#pending = null;
  }
}
