import * as v from 'valibot';
import { CreateRoomReply, type CreateRoomRequest, TokensReply } from '../../../src/protocol/bodies.ts';

interface Call<S extends v.GenericSchema> {
  readonly reply: S;
  readonly token?: string;
  /** Sent with POST; without it the request is a GET. */
  readonly body?: object;
}

/** One request, whose reply must be of this schema. */
export async function api<S extends v.GenericSchema>(
  url: string,
  path: string,
  { reply, token, body }: Call<S>,
): Promise<v.InferOutput<S>> {
  const response = await fetch(url + path, {
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return v.parse(reply, await response.json());
}

/** A guest who just signed in. */
export function signIn(url: string, body: object = {}): Promise<TokensReply> {
  return api(url, '/auth/guest', { reply: TokensReply, body });
}

/** A room of this user. */
export async function createRoom(url: string, token: string, body: CreateRoomRequest = {}) {
  return (await api(url, '/rooms', { reply: CreateRoomReply, token, body })).room;
}
