/**
 * The end of a connection, for promises of the browser that may never settle: once a connection is closed, nothing that is under
 * way on it does (W3C WebRTC 1.0, 4.4.1.2), in Firefox not even its stats.
 */
export class Ending {
  readonly #waiting = new Set<() => void>();
  #over = false;

  get isOver(): boolean {
    return this.#over;
  }

  /** Settles as `promise` does. Rejects once it is over. */
  before<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Error('The connection was closed.'));
      if (this.#over) giveUp();
      else this.#waiting.add(giveUp);
      const done = () => this.#waiting.delete(giveUp);
      promise.then(resolve, reject).finally(done);
    });
  }

  end(): void {
    this.#over = true;
    for (const giveUp of this.#waiting) giveUp();
    this.#waiting.clear();
  }
}
