import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type * as Parley from '../client/index.ts';
import { type Account, type AccountUser, type Acting, ParleyClientError } from '../client/index.ts';
import { type Failure, failureOf } from './failure.ts';
import type { KeyValueStorage, Prefs } from './prefs.ts';
import type { RoomAccess } from './room-access.ts';

/** The part of the SDK that the page uses. */
export type Sdk = Pick<
  typeof Parley,
  | 'signInAsGuest'
  | 'restoreAccount'
  | 'watchAccount'
  | 'createRoom'
  | 'findRoom'
  | 'connect'
  | 'register'
  | 'signIn'
  | 'setUp'
  | 'resetPassword'
  | 'signInWithOidc'
  | 'finishSignIn'
> & { readonly rooms: Pick<typeof Parley.rooms, 'update'> };

interface Credentials {
  readonly email: string;
  readonly password: string;
}

interface Newcomer extends Credentials {
  /** '' for none. */
  readonly displayName: string;
}

/**
 * Acts on the server as whoever uses this browser: the person who is signed in, else a guest, whose account is created
 * when first needed.
 */
export interface Login extends RoomAccess {
  /** Who is signed in with an account of their own; null for a guest or nobody. */
  readonly user: ReadonlySignal<AccountUser | null>;
  /** Whether there is an account to act as, a guest's included. */
  readonly hasAccount: ReadonlySignal<boolean>;
  /** The person was signed out elsewhere: in another tab, on another device. */
  readonly wasSignedOut: ReadonlySignal<boolean>;
  /** A sign-in at the provider is being finished. */
  readonly finishing: ReadonlySignal<boolean>;
  /** Why it failed. */
  readonly providerFailure: ReadonlySignal<Failure | null>;
  /** Runs `work` as the person who is signed in, or the site's user. @throws ParleyClientError `unauthorized` once the login has ended */
  as<T>(work: (account: Acting) => Promise<T>): Promise<T>;
  /** The account of the person who is signed in. @throws ParleyClientError `unauthorized` if there is none */
  account(): Account;
  signIn(credentials: Credentials): Promise<void>;
  /** A guest becomes the registered user and keeps calls and sessions. */
  register(newcomer: Newcomer & { readonly invite: string | null }): Promise<void>;
  setUp(newcomer: Newcomer & { readonly token: string }): Promise<void>;
  resetPassword(token: string, password: string): Promise<void>;
  /** Leaves the page for the provider's. @param roomId where to come back to; null for home */
  signInAtProvider(roomId: string | null): Promise<void>;
  /** Finishes what `signInAtProvider` began, if the page was opened by the provider. */
  finishSignIn(): Promise<void>;
  signOut(): Promise<void>;
}

interface LoginOptions {
  readonly sdk: Sdk;
  readonly storage: KeyValueStorage;
  readonly prefs: Prefs;
  /** Whether the server lets guests in. */
  readonly guests?: boolean;
}

/** Codes that end the login: the server forgot it, or another tab used its refresh token. */
const STALE: ReadonlySet<string> = new Set(['unauthorized', 'refresh_token_reused']);

export function createLogin({ sdk, storage, prefs, guests = true }: LoginOptions): Login {
  const account = signal<Account | null>(null);
  const user = signal<AccountUser | null>(null);
  const wasSignedOut = signal(false);
  const finishing = signal(false);
  const providerFailure = signal<Failure | null>(null);
  let guestSignIn: Promise<Account> | null = null;
  let unsubscribe = () => {};

  function adopt(next: Account | null): void {
    unsubscribe();
    account.value = next;
    user.value = personOf(next);
    if (next === null) return;
    if (user.value !== null) wasSignedOut.value = false;
    const offs = [
      next.on('changed', () => {
        user.value = personOf(next);
      }),
      next.on('ended', () => end(next)),
    ];
    unsubscribe = () => {
      for (const off of offs) off();
    };
  }

  /** Another account may have taken the ended one's place, by a sign-in in another tab. */
  function end(ended: Account): void {
    if (account.value !== ended) return;
    const wasPerson = user.value !== null;
    const next = sdk.restoreAccount({ storage });
    adopt(next?.user.id === ended.user.id ? null : next);
    if (wasPerson && user.value === null) wasSignedOut.value = true;
  }

  function signInGuest(): Promise<Account> {
    if (!guests)
      return Promise.reject(
        new ParleyClientError('guests_off', 'This server has no guests: sign in with an account.'),
      );
    const displayName = prefs.get('name');
    guestSignIn ??= sdk
      .signInAsGuest({ storage, ...(displayName === '' ? {} : { displayName }) })
      .then((guest) => {
        adopt(guest);
        return guest;
      })
      .finally(() => {
        guestSignIn = null;
      });
    return guestSignIn;
  }

  /**
   * Runs `work` as the current account, and once more as a new guest if that login has ended.
   * @param asWhomever whether a guest may do it in place of a person who was signed out
   */
  async function act<T>(work: (account: Account) => Promise<T>, asWhomever: boolean): Promise<T> {
    const used = account.value ?? (await signInGuest());
    const wasPerson = personOf(used) !== null;
    try {
      return await work(used);
    } catch (error) {
      if (!isStale(error)) throw error;
      // The storage may still hold the dead login, and a reload would restore it.
      if (wasPerson) await used.signOut();
      end(used);
      if (wasPerson && !asWhomever) throw error;
      return work(account.value ?? (await signInGuest()));
    }
  }

  function current(): Account {
    if (account.value !== null && user.value !== null) return account.value;
    throw new ParleyClientError('unauthorized', 'Nobody is signed in: sign in again.');
  }

  const named = (displayName: string) => (displayName === '' ? {} : { displayName });

  adopt(sdk.restoreAccount({ storage }));
  sdk.watchAccount({ storage }, (next) => {
    if (next?.user.id !== account.value?.user.id) adopt(next);
  });

  return {
    user,
    site: signal(null),
    hasAccount: computed(() => account.value !== null),
    wasSignedOut,
    finishing,
    providerFailure,
    account: current,
    createRoom: (request) => act((acting) => sdk.createRoom(acting, request), false),
    async updateRoom(roomId, change) {
      const { room } = await act((acting) => sdk.rooms.update(acting, roomId, change), false);
      return room;
    },
    as: (work) => act(work, false),
    findRoom: (roomId) => act((acting) => sdk.findRoom(acting, roomId), true),
    connect: (guestName, next) =>
      act(async (acting) => {
        const isOther = guestName !== '' && guestName !== acting.user.displayName;
        const [client] = await Promise.all([
          sdk.connect({ token: (fresh) => acting.token(fresh), ...(next === undefined ? {} : { next }) }),
          isOther && personOf(acting) === null
            ? acting.update({ displayName: guestName }).catch(() => {})
            : undefined,
        ]);
        return client;
      }, false),
    async signIn(credentials) {
      adopt(await sdk.signIn({ ...credentials, storage }));
    },
    async register({ displayName, invite, ...credentials }) {
      const invited = invite === null ? {} : { invite };
      const newcomer = { ...credentials, ...named(displayName), ...invited, storage };
      const guest = account.value;
      if (guest?.user.kind !== 'guest') return adopt(await sdk.register(newcomer));
      try {
        adopt(await sdk.register({ ...newcomer, guest }));
      } catch (error) {
        // Registered by another tab, or by a request whose reply was lost; the SDK has brought the user as it is now.
        if (codeOf(error) === 'already_registered' && user.value !== null) return;
        if (!isStale(error)) throw error;
        adopt(await sdk.register(newcomer));
      }
    },
    async setUp({ displayName, ...rest }) {
      adopt(await sdk.setUp({ ...rest, ...named(displayName), storage }));
    },
    async resetPassword(token, password) {
      await sdk.resetPassword({ token, password });
      // If it was this person's, their login has ended: a refresh finds out.
      await account.value?.token(true).catch(() => {});
      wasSignedOut.value = false;
    },
    signInAtProvider: async (roomId) => sdk.signInWithOidc(roomId === null ? {} : { roomId }),
    async finishSignIn() {
      finishing.value = true;
      try {
        const signedIn = await sdk.finishSignIn({ storage });
        if (signedIn !== null) adopt(signedIn);
      } catch (error) {
        providerFailure.value = failureOf(error);
      } finally {
        finishing.value = false;
      }
    },
    async signOut() {
      const leaving = account.value;
      adopt(null);
      await leaving?.signOut();
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof ParleyClientError ? error.code : '';
}

function isStale(error: unknown): boolean {
  return STALE.has(codeOf(error));
}

function personOf(account: Account | null): AccountUser | null {
  return account === null || account.user.kind === 'guest' ? null : account.user;
}
