/** Parley's browser SDK: accounts, rooms, and calls between peers. */
import type {
  Account,
  AccountOptions,
  Client,
  ConnectOptions,
  CreatedRoom,
  CreateRoomRequest,
  GuestOptions,
  Room,
} from './types.ts';

export { type ClientErrorCode, ParleyClientError } from './errors.ts';
export type * from './types.ts';

/** Makes a guest account. @throws ParleyClientError `rate_limited`, `validation_failed`, `network` */
export declare function signInAsGuest(options?: GuestOptions): Promise<Account>;
/** The account that `storage` keeps, or null. */
export declare function restoreAccount(options: AccountOptions): Account | null;
/** @throws ParleyClientError `unauthorized`, `validation_failed`, `rate_limited`, `network` */
export declare function createRoom(account: Account, request?: CreateRoomRequest): Promise<CreatedRoom>;
/** @throws ParleyClientError `room_not_found`, `unauthorized`, `network` */
export declare function findRoom(account: Account, roomId: string): Promise<Room>;
/** Opens a session. @throws ParleyClientError `unauthorized`, `too_many_sessions`, `network`, `timeout` */
export declare function connect(options: ConnectOptions): Promise<Client>;
