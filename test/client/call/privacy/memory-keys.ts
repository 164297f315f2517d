import type { Kept, KeyStore } from '../../../../src/client/call/privacy/key-store.ts';

/** Keys in memory, as IndexedDB keeps them. */
export class MemoryKeys implements KeyStore {
  readonly shelves = new Map<string, Map<string, Kept>>();

  get: KeyStore['get'] = async ({ name }, key) => this.shelf(name).get(key);

  change: KeyStore['change'] = async ({ name, max }, key, choose) => {
    const shelf = this.shelf(name);
    const before = shelf.get(key);
    const chosen = choose(before);
    if (chosen === undefined) return before;
    const kept = { key, ...chosen };
    shelf.set(key, kept);
    const oldest = [...shelf.values()].sort((a, b) => a.at - b.at);
    for (const each of oldest.slice(0, Math.max(0, shelf.size - max))) shelf.delete(each.key);
    return kept;
  };

  shelf(name: string): Map<string, Kept> {
    const shelf = this.shelves.get(name) ?? new Map<string, Kept>();
    this.shelves.set(name, shelf);
    return shelf;
  }
}
