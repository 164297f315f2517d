/** Users whose TURN credentials were revoked and are remembered; the oldest goes first. */
export const TURN_REVOCATIONS = 100_000;

/**
 * Users whose credentials don't count any more though they haven't expired. The oldest is forgotten when there are
 * too many, by when its credentials have long expired.
 */
export class Revocations {
  readonly #users = new Set<string>();

  add(user: string): void {
    this.#users.delete(user);
    this.#users.add(user);
    if (this.#users.size <= TURN_REVOCATIONS) return;
    for (const oldest of this.#users) {
      this.#users.delete(oldest);
      return;
    }
  }

  has(user: string): boolean {
    return this.#users.has(user);
  }

  get size(): number {
    return this.#users.size;
  }
}
