/** What the page remembers between visits, by name. */
export type PrefName =
  | 'name'
  | 'camera'
  | 'microphone'
  | 'speaker'
  | 'shortcuts'
  | 'cameraOff'
  | 'microphoneOff';

export interface Prefs {
  /** '' where nothing is kept. */
  get(name: PrefName): string;
  set(name: PrefName, value: string): void;
}

export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A storage that works for as long as the page is open, and keeps what it can beyond that: browsers throw where
 * site data is blocked, and on the mere mention of `localStorage`.
 * @param open returns the browser's storage
 */
export function tolerantStorage(open: () => KeyValueStorage): KeyValueStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: KeyValueStorage) => T): T | null => {
    try {
      return use(open());
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => attempt((storage) => storage.getItem(key)) ?? memory.get(key) ?? null,
    setItem(key, value) {
      memory.set(key, value);
      attempt((storage) => storage.setItem(key, value));
    },
    removeItem(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
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
