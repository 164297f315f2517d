/** Parley's browser SDK: accounts, rooms, and calls between peers. */

export { finishSignIn, signInWithOidc } from './account/oidc.ts';
export {
  register,
  resetPassword,
  restoreAccount,
  setUp,
  signIn,
  signInAsGuest,
  watchAccount,
} from './account/sign-in.ts';
export { type Users, users } from './account/users.ts';
export { CONNECTION_CHECKS, checkConnection } from './check/check-connection.ts';
export { connect } from './client.ts';
export { type ClientErrorCode, type FieldError, ParleyClientError } from './errors.ts';
export { joinCall } from './join-call.ts';
export { LIMITS, type Limits } from './limits.ts';
export { createRoom, findRoom, rooms } from './rooms/rooms.ts';
export type { RoomBans, RoomInvitations, Rooms } from './rooms/rooms-interface.ts';
export type * from './types.ts';
