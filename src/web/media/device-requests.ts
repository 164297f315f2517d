/** Requests to the browser for one device: no duplicates, and only the newest answer counts. */
export class DeviceRequests {
  #newest = 0;
  #pending: { readonly wanted: string; readonly answer: Promise<void> } | null = null;

  /**
   * Runs a request, or joins the pending one if it wants the same.
   * @param wanted identifies what is requested
   */
  run(wanted: string, ask: () => Promise<void>): Promise<void> {
    if (this.#pending?.wanted === wanted) return this.#pending.answer;
    const answer = ask().finally(() => {
      if (this.#pending?.answer === answer) this.#pending = null;
    });
    this.#pending = { wanted, answer };
    return answer;
  }

  /**
   * Supersedes all requests so far. Returns a function that tells whether this one was superseded or abandoned since.
   */
  supersede(): () => boolean {
    this.#newest += 1;
    return this.watch();
  }

  /** Like `supersede`, without superseding earlier requests. */
  watch(): () => boolean {
    const mine = this.#newest;
    return () => mine !== this.#newest;
  }

  /** Abandons all pending requests: their answers no longer count. */
  abandon(): void {
    this.#newest += 1;
    this.#pending = null;
  }
}
