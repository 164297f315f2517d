/** mulberry32, for fuzz tests that can be repeated by their seed. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `below` - 1. */
  next(below: number): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.next(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A copy with a few bytes changed, cut, doubled or added. */
  mutate(original: Buffer): Buffer {
    const bytes = Buffer.from(original);
    for (let change = this.next(4); change > 0 && bytes.length > 0; change--) {
      bytes[this.next(bytes.length)] = this.pick([0, 1, 0x7f, 0x80, 0xff, this.next(256)]);
    }
    const kind = this.next(8);
    if (kind === 0) return bytes.subarray(0, this.next(bytes.length + 1));
    if (kind === 1) return Buffer.concat([bytes, bytes.subarray(this.next(bytes.length + 1))]);
    if (kind === 2 && bytes.length >= 4) bytes.writeUInt16BE(this.next(0x1_0000), 2);
    return bytes;
  }
}
