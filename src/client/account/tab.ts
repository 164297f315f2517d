import type { AccountStorage } from '../account-types.ts';
import { browserClock, type Clock } from '../signaling/clock.ts';

/** What an account takes from the tab that it runs in; tests pass tabs of their own. */
export interface Tab {
  readonly clock: Clock;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  /** Locks that all tabs of an origin share; undefined outside secure contexts, and in Node before 24. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /** Calls `listener` when another tab has changed the storage; returns a function that stops it. */
  onStorage(storage: AccountStorage, listener: () => void): () => void;
}

export const browserTab: Tab = Object.freeze({
  clock: browserClock,
  random: Math.random,
  get locks() {
    return typeof navigator === 'undefined' ? undefined : navigator.locks;
  },
  onStorage(storage: AccountStorage, listener: () => void) {
    if (typeof window === 'undefined') return () => {};
    const page = new AbortController();
    window.addEventListener('storage', ({ storageArea }) => storageArea === storage && listener(), {
      signal: page.signal,
    });
    return () => page.abort();
  },
});
