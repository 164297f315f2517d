/** Parley's browser SDK: accounts, rooms, and calls between peers. */

export { restoreAccount, signInAsGuest } from './account/shared-login.ts';
export { connect } from './client.ts';
export { type ClientErrorCode, ParleyClientError } from './errors.ts';
export { createRoom, findRoom } from './http.ts';
export { LIMITS, type Limits } from './limits.ts';
export type * from './types.ts';
