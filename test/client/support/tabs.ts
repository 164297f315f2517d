import { OwnAccount } from '../../../src/client/account/own-account.ts';
import { requestGuest } from '../../../src/client/account/requests.ts';
import { SharedLogin } from '../../../src/client/account/shared-login.ts';
import type { Tab } from '../../../src/client/account/tab.ts';
import type { Account, AccountStorage } from '../../../src/client/account-types.ts';
import { browserClock, type Clock } from '../../../src/client/signaling/clock.ts';

/** A tab that a test opens: it has its own view of the storage, as a browser's tab has. */
export interface FakeTab extends Tab {
  readonly storage: AccountStorage;
  /** Opens the account that the storage keeps. */
  restore(baseUrl: string): Account;
  /** Creates a guest, kept in the storage unless `isKept` is false. */
  signInAsGuest(baseUrl: string, isKept?: boolean): Promise<Account>;
  /** Makes every further write fail, as a full storage does. */
  fill(): void;
  /** Makes every further use fail, as a browser that blocks site data does. */
  forbid(): void;
}

/** What the tabs of one origin share. */
export class FakeBrowser {
  readonly kept = new Map<string, string>();
  readonly #clock: Clock;
  readonly #random = seeded();
  readonly #locks: Tab['locks'];
  readonly #listeners = new Map<FakeTab, Set<() => void>>();

  /** @param hasLocks false: as a page over plain HTTP */
  constructor({ clock = browserClock, hasLocks = true }: { clock?: Clock; hasLocks?: boolean } = {}) {
    this.#clock = clock;
    this.#locks = hasLocks ? fakeLocks() : undefined;
  }

  open(): FakeTab {
    let isFull = false;
    let isForbidden = false;
    const check = (isWrite: boolean): void => {
      if (isForbidden) throw new DOMException('The operation is insecure.', 'SecurityError');
      if (isFull && isWrite) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
    const storage: AccountStorage = {
      getItem: (key) => {
        check(false);
        return this.kept.get(key) ?? null;
      },
      setItem: (key, value) => {
        check(true);
        const isNew = this.kept.get(key) !== value;
        this.kept.set(key, value);
        if (isNew) this.#tell(tab);
      },
      removeItem: (key) => {
        check(false);
        if (this.kept.delete(key)) this.#tell(tab);
      },
    };
    const restore = (baseUrl: string): Account => {
      const login = SharedLogin.restore({ baseUrl, storage, tab });
      if (login === null) throw new Error('the storage keeps no account');
      return new OwnAccount(login);
    };
    const tab: FakeTab = {
      storage,
      clock: this.#clock,
      random: this.#random,
      locks: this.#locks,
      onStorage: (_, listener) => this.#listen(tab, listener),
      restore,
      signInAsGuest: async (baseUrl, isKept = true) => {
        const reply = await requestGuest(baseUrl, { displayName: 'Ann' });
        const deps = { baseUrl, storage: isKept ? storage : undefined, tab };
        return new OwnAccount(SharedLogin.begin(reply, deps));
      },
      fill: () => {
        isFull = true;
      },
      forbid: () => {
        isForbidden = true;
      },
    };
    return tab;
  }

  #listen(tab: FakeTab, listener: () => void): () => void {
    const listeners = this.#listeners.get(tab) ?? new Set();
    this.#listeners.set(tab, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Events come later, and not to the tab that wrote. */
  #tell(writer: FakeTab): void {
    queueMicrotask(() => {
      for (const [tab, listeners] of this.#listeners) {
        if (tab !== writer) for (const listener of [...listeners]) listener();
      }
    });
  }
}

/** The part of Web Locks that the SDK uses: one holder at a time, in the order of asking. */
function fakeLocks(): Tab['locks'] {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: async (_name: string, ...rest: unknown[]) => {
      const run = rest.at(-1);
      if (typeof run !== 'function') throw new TypeError('a lock needs a callback');
      const mine = last.then(() => run(null));
      last = mine.catch(() => {});
      return mine;
    },
  };
}

/** The same numbers in each run (a linear congruential generator). */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
