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

/** The part of the SDK that the page uses. */
export type Sdk = Pick<
  typeof Parley,
  'signInAsGuest' | 'restoreAccount' | 'createRoom' | 'findRoom' | 'connect'
>;

/** Acts on the server as this browser's guest account, which is created when first needed. */
export interface Login {
  createRoom(request: CreateRoomRequest): Promise<CreatedRoom>;
  findRoom(roomId: string): Promise<Room>;
  connect(): Promise<Client>;
}

interface LoginOptions {
  readonly sdk: Sdk;
  readonly storage: KeyValueStorage;
  readonly prefs: Prefs;
}

/** Codes that end the login: the server forgot it, or another tab used its refresh token. */
const STALE: ReadonlySet<string> = new Set(['unauthorized', 'refresh_token_reused']);

export function createLogin({ sdk, storage, prefs }: LoginOptions): Login {
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

  /** Runs `work` as the stored account, and once more as a new one if that login has ended. */
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
