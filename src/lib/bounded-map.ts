/**
 * A map of at most `max` entries: adding one more forgets the entry that was set longest ago. Reading an entry doesn't
 * make it younger, so that a lookup costs no more than in a plain `Map`.
 */
export class BoundedMap<Key, Value> {
  readonly #max: number;
  /** The oldest first. */
  readonly #entries = new Map<Key, Value>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Sets an entry, which is then the youngest. Returns the value that was forgotten to make room, if any. */
  set(key: Key, value: Value): Value | undefined {
    this.#entries.delete(key);
    const forgotten = this.#entries.size < this.#max ? undefined : this.#forgetOldest();
    this.#entries.set(key, value);
    return forgotten;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /** Oldest first. */
  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  /** Oldest first. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  #forgetOldest(): Value | undefined {
    for (const [key, value] of this.#entries) {
      this.#entries.delete(key);
      return value;
    }
    return undefined;
  }
}
