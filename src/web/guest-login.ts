import type * as Parley from '../client/index.ts';
import {
  type Account,
  type Client,
  type CreatedRoom,
  type CreateRoomRequest,
  ParleyClientError,
  type Room,
} from '../client/index.ts';
import type { KeyValueStorage, Prefs } from './prefs.ts';

/** What the page uses of the SDK. */
export type Sdk = Pick<
  typeof Parley,
  'signInAsGuest' | 'restoreAccount' | 'createRoom' | 'findRoom' | 'connect'
>;

/** What went wrong, for a person: a code that the page has words for, and how long to wait. */
export interface Failure {
  readonly code: string;
  readonly retryAfterMs: number;
}

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof ParleyClientError)) return { code: 'unknown', retryAfterMs: 0 };
  const code = thrown.code === 'timeout' ? 'network' : thrown.code;
  return { code, retryAfterMs: thrown.retryAfterMs ?? 0 };
}

/** This browser's login: a guest account, made when it is first needed. */
export interface GuestLogin {
  createRoom(request: CreateRoomRequest): Promise<CreatedRoom>;
  findRoom(roomId: string): Promise<Room>;
  connect(): Promise<Client>;
}

interface GuestLoginOptions {
  readonly sdk: Sdk;
  readonly storage: KeyValueStorage;
  readonly prefs: Prefs;
}

/** The login is over: the server forgot it, or another tab has used its refresh token up. */
const STALE: ReadonlySet<string> = new Set(['unauthorized', 'refresh_token_reused']);

export function createGuestLogin({ sdk, storage, prefs }: GuestLoginOptions): GuestLogin {
  let account: Promise<Account> | null = null;

  function signIn(): Promise<Account> {
    const displayName = prefs.get('name');
    return sdk.signInAsGuest({ storage, ...(displayName === '' ? {} : { displayName }) });
  }

  async function current(): Promise<Account> {
    account ??= Promise.resolve(sdk.restoreAccount({ storage }) ?? signIn());
    try {
      return await account;
    } catch (error) {
      account = null;
      throw error;
    }
  }

  /** Does it as the kept account; where that is not good any more, once again as a new one. */
  async function asGuest<T>(work: (account: Account) => Promise<T>): Promise<T> {
    const used = await current();
    try {
      return await work(used);
    } catch (error) {
      if (!(error instanceof ParleyClientError) || !STALE.has(error.code)) throw error;
      account = signIn();
      return work(await current());
    }
  }

  return {
    createRoom: (request) => asGuest((guest) => sdk.createRoom(guest, request)),
    findRoom: (roomId) => asGuest((guest) => sdk.findRoom(guest, roomId)),
    connect: () => asGuest((guest) => sdk.connect({ token: (fresh) => guest.token(fresh) })),
  };
}
