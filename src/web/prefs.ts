/** Names of what the page remembers between visits. */
export type PrefName =
  | 'name'
  | 'camera'
  | 'microphone'
  | 'speaker'
  | 'shortcuts'
  | 'status'
  | 'cameraOff'
  | 'microphoneOff'
  | 'layout'
  | 'hideSelf'
  | 'mirror'
  | 'uplink'
  | 'hideAddress';

export interface Prefs {
  /** Returns '' if nothing is stored. */
  get(name: PrefName): string;
  set(name: PrefName, value: string): void;
}

export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Returns a storage itself, whose events tell of other tabs, or null if the browser blocks it.
 * @param open returns the browser's storage
 */
export function storageIn(open: () => Storage): Storage | null {
  try {
    return open();
  } catch {
    return null;
  }
}

/**
 * Wraps a storage that may throw, as browsers do if site data is blocked, even on reading `localStorage`. What can't be
 * stored is kept in memory until the page is closed.
 * @param open returns the browser's storage
 */
export function tolerantStorage(open: () => KeyValueStorage): KeyValueStorage {
  const memory = new Map<string, string>();
  const tryStorage = <T>(use: (storage: KeyValueStorage) => T): T | null => {
    try {
      return use(open());
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => tryStorage((storage) => storage.getItem(key)) ?? memory.get(key) ?? null,
    setItem(key, value) {
      memory.set(key, value);
      tryStorage((storage) => storage.setItem(key, value));
    },
    removeItem(key) {
      memory.delete(key);
      tryStorage((storage) => storage.removeItem(key));
    },
  };
}

export function createPrefs(storage: KeyValueStorage): Prefs {
  return {
    get: (name) => storage.getItem(`parley.${name}`) ?? '',
    set: (name, value) =>
      value === '' ? storage.removeItem(`parley.${name}`) : storage.setItem(`parley.${name}`, value),
  };
}
