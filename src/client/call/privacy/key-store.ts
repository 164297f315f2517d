/** A kind of thing that is kept, and how many of it: the one that was used longest ago goes first. */
export interface Shelf {
  readonly name: 'certificates' | 'pins';
  readonly max: number;
}

/** An entry as it is kept; `value` may be what an earlier version wrote. */
export interface Kept {
  readonly key: string;
  readonly value: unknown;
  /** When it was last used (ms since 1970). */
  readonly at: number;
}

/** Where keys are kept between visits. All of it may reject: a browser may have no storage, or refuse it to this page. */
export interface KeyStore {
  get(shelf: Shelf, key: string): Promise<Kept | undefined>;
  /**
   * Reads an entry and writes it anew in one step, so that two tabs can't undo each other's. Resolves with what is kept then.
   * @param choose returns what to keep, undefined to leave it as it is
   */
  change(
    shelf: Shelf,
    key: string,
    choose: (kept: Kept | undefined) => Omit<Kept, 'key'> | undefined,
  ): Promise<Kept | undefined>;
}

const DATABASE = 'parley-keys';
const VERSION = 1;

/** Keeps keys in IndexedDB, which alone can hold a private key that no script can read. */
export class IndexedKeys implements KeyStore {
  readonly #factory: () => IDBFactory | undefined;
  #database: Promise<IDBDatabase> | undefined;

  /** @param factory throws, or returns undefined, if the browser has none */
  constructor(factory: () => IDBFactory | undefined) {
    this.#factory = factory;
  }

  async get({ name }: Shelf, key: string): Promise<Kept | undefined> {
    const store = (await this.#open()).transaction(name).objectStore(name);
    return keptOf(await resultOf(store.get(key)));
  }

  async change(
    { name, max }: Shelf,
    key: string,
    choose: (kept: Kept | undefined) => Omit<Kept, 'key'> | undefined,
  ): Promise<Kept | undefined> {
    const transaction = (await this.#open()).transaction(name, 'readwrite');
    const done = endOf(transaction);
    const store = transaction.objectStore(name);
    const before = keptOf(await resultOf(store.get(key)));
    const chosen = choose(before);
    if (chosen !== undefined) {
      store.put({ key, ...chosen });
      removeOldest(store, max);
    }
    await done;
    return chosen === undefined ? before : { key, ...chosen };
  }

  /** One connection for the page. After a failure the next call tries again. */
  #open(): Promise<IDBDatabase> {
    this.#database ??= openDatabase(this.#factory(), () => {
      this.#database = undefined;
    });
    this.#database.catch(() => {
      this.#database = undefined;
    });
    return this.#database;
  }
}

async function openDatabase(factory: IDBFactory | undefined, onClosed: () => void): Promise<IDBDatabase> {
  if (factory === undefined) throw new Error('This browser has no IndexedDB.');
  const request = factory.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    for (const name of ['certificates', 'pins'])
      request.result.createObjectStore(name, { keyPath: 'key' }).createIndex('at', 'at');
  };
  const database = await resultOf(request);
  database.onclose = onClosed;
  // Another tab brings a newer version, or removes the database: it mustn't wait for this one.
  database.onversionchange = () => {
    database.close();
    onClosed();
  };
  return database;
}

function removeOldest(store: IDBObjectStore, max: number): void {
  const counting = store.count();
  counting.onsuccess = () => {
    let surplus = counting.result - max;
    if (surplus <= 0) return;
    const cursors = store.index('at').openCursor();
    cursors.onsuccess = () => {
      const cursor = cursors.result;
      if (cursor === null || surplus <= 0) return;
      surplus -= 1;
      cursor.delete();
      cursor.continue();
    };
  };
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction: IDBTransaction): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // Whoever reads in it hears of a failure there.
  end.catch(() => {});
  return end;
}

function keptOf(entry: unknown): Kept | undefined {
  if (typeof entry !== 'object' || entry === null || !('key' in entry && 'value' in entry && 'at' in entry))
    return undefined;
  const { key, value, at } = entry;
  return typeof key === 'string' && typeof at === 'number' ? { key, value, at } : undefined;
}
