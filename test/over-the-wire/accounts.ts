import { type JWTPayload, SignJWT } from 'jose';
import * as v from 'valibot';
import { Problem, TokensReply } from '../../src/protocol/bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import type { Stage } from './stage.ts';

/** Requests about accounts, as any HTTP client makes them. */

/** A token as a backend that shares our secret makes it, by default for an hour from now. */
export function minted(claims: JWTPayload): Promise<string> {
  return new SignJWT({ exp: Math.floor(Date.now() / 1_000) + 3_600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

/** The id of the login that an access token belongs to. */
export function loginOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return v.parse(v.object({ sid: v.string() }), claims).sid;
}

/** A new guest, who signs in with this program. */
export function signInAs(stage: Stage, userAgent: string): Promise<TokensReply> {
  return tokensOf(post(stage, '/auth/guest', {}, { 'User-Agent': userAgent }));
}

/** The next tokens of a login. */
export function refreshed(stage: Stage, refreshToken: string, userAgent = ''): Promise<TokensReply> {
  return tokensOf(post(stage, '/auth/refresh', { refreshToken }, { 'User-Agent': userAgent }));
}

async function tokensOf(response: Promise<Response>): Promise<TokensReply> {
  return v.parse(TokensReply, await (await response).json());
}

export function post(
  { server }: Stage,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export function remove({ server }: Stage, path: string, token: string, body?: object): Promise<Response> {
  return fetch(server.url + path, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The code of a refusal. */
export async function problemCode(response: Response): Promise<string> {
  return v.parse(Problem, await response.json()).code;
}
