import * as v from 'valibot';
import { LoginsReply, TokensReply } from '../../protocol/bodies.ts';
import type { UserStatus } from '../../protocol/fields.ts';
import { FullUserReply, SeenUserReply, UsersReply } from '../../protocol/users.ts';
import type { ProfileChange, UserPage, UserQuery } from '../account-types.ts';
import { send } from '../http.ts';

/** One function per endpoint of accounts. Each throws a ParleyClientError with the server's code, `network` or `timeout`. */

interface Names {
  readonly displayName?: string | undefined;
  readonly username?: string | undefined;
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

export function requestGuest(baseUrl: string, body: Names): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/guest', TokensReply, { body });
}

/** @param token of a guest, who becomes registered [AC1] */
export function requestRegister(
  baseUrl: string,
  body: Credentials & Names & { readonly invite?: string | undefined },
  token?: string,
): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/register', TokensReply, { token, body });
}

export function requestLogin(baseUrl: string, body: Credentials): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/login', TokensReply, { body });
}

export function requestSetUp(
  baseUrl: string,
  body: Credentials & Names & { readonly token: string },
): Promise<TokensReply> {
  return send(baseUrl, 'POST /setup', TokensReply, { body });
}

/** The server knows the browser by a cookie, which goes to its own origin only. */
export function requestFinish(baseUrl: string, code: string): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/oidc/finish', TokensReply, { body: { code } });
}

/** [TK5] Uses the refresh token up: the reply has a new one. */
export function requestRefresh(baseUrl: string, refreshToken: string): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/refresh', TokensReply, { body: { refreshToken } });
}

export async function requestLogout(baseUrl: string, token: string): Promise<void> {
  await send(baseUrl, 'POST /auth/logout', v.unknown(), { token });
}

export async function requestPassword(
  baseUrl: string,
  token: string,
  body: { readonly current: string; readonly new: string },
): Promise<void> {
  await send(baseUrl, 'POST /auth/password', v.unknown(), { token, body });
}

export async function requestReset(
  baseUrl: string,
  body: { readonly token: string; readonly password: string },
): Promise<void> {
  await send(baseUrl, 'POST /auth/reset', v.unknown(), { body });
}

export async function requestLogins(baseUrl: string, token: string) {
  return (await send(baseUrl, 'GET /auth/logins', LoginsReply, { token })).items;
}

export async function requestEndOfLogin(baseUrl: string, token: string, id: string): Promise<void> {
  await send(baseUrl, 'DELETE /auth/logins/:id', v.unknown(), { token, params: { id } });
}

export async function requestEndOfLogins(baseUrl: string, token: string): Promise<void> {
  await send(baseUrl, 'DELETE /auth/logins', v.unknown(), { token });
}

export async function requestUpdate(baseUrl: string, token: string, id: string, body: ProfileChange) {
  return (await send(baseUrl, 'PATCH /users/:id', FullUserReply, { token, params: { id }, body })).user;
}

export async function requestStatus(
  baseUrl: string,
  token: string,
  id: string,
  body: { readonly status: UserStatus; readonly customStatus?: string | null | undefined },
) {
  return (await send(baseUrl, 'PUT /users/:id/status', FullUserReply, { token, params: { id }, body })).user;
}

export async function requestRemoval(
  baseUrl: string,
  token: string,
  id: string,
  body: { readonly password?: string | undefined },
): Promise<void> {
  await send(baseUrl, 'DELETE /users/:id', v.unknown(), { token, params: { id }, body });
}

export function requestUsers(baseUrl: string, token: string, query: UserQuery): Promise<UserPage> {
  return send(baseUrl, 'GET /users', UsersReply, { token, query });
}

export async function requestUser(baseUrl: string, token: string, id: string) {
  return (await send(baseUrl, 'GET /users/:id', SeenUserReply, { token, params: { id } })).user;
}
