import type { AccountStorage } from '../account-types.ts';
import { parseLogin, type SavedLogin } from './saved-login.ts';

export const KEY = 'parley.account';

/** Where an account's login is kept, which all tabs share. No operation throws: a storage may be full or forbidden. */
export class LoginStore {
  readonly storage: AccountStorage | undefined;
  readonly #baseUrl: string;

  constructor(storage: AccountStorage | undefined, baseUrl: string) {
    this.storage = storage;
    this.#baseUrl = baseUrl;
  }

  /** Returns the login; null if there is none or it can't be read, undefined if the storage can't be asked. */
  load(): SavedLogin | null | undefined {
    if (this.storage === undefined) return undefined;
    try {
      const text = this.storage.getItem(this.#key(this.storage));
      return text === null ? null : (parseLogin(text) ?? null);
    } catch {
      return undefined;
    }
  }

  /**
   * Returns whether the login is kept. If it isn't, an older one of the same user is removed: its refresh token is used up,
   * and the next page that sent it would end the login [TK5].
   */
  save(login: SavedLogin): boolean {
    if (this.storage === undefined) return false;
    const text = JSON.stringify(login);
    try {
      const key = this.#key(this.storage);
      this.storage.setItem(key, text);
      if (this.storage.getItem(key) === text) return true;
    } catch {
      // Full or forbidden.
    }
    this.remove(login.user.id);
    return false;
  }

  /** Removes the login of this user; another's stays. */
  remove(userId: string): void {
    if (this.load()?.user.id !== userId) return;
    try {
      this.storage?.removeItem(this.#key(this.storage));
    } catch {
      // Forbidden since it was read.
    }
  }

  /** A second server's login has a key of its own: one server's tokens must not go to another. */
  #key(storage: AccountStorage): string {
    const own = `${KEY} ${this.#baseUrl}`;
    if (storage.getItem(own) !== null) return own;
    const holder = parseLogin(storage.getItem(KEY) ?? '')?.baseUrl ?? this.#baseUrl;
    return holder === this.#baseUrl ? KEY : own;
  }
}
