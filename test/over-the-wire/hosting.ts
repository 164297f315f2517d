import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import { CreateInvitationReply, type InvitationRequest } from '../../src/protocol/host-bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom } from '../support/server/api.ts';
import { codeOf, type Guest, type Person, type Stage } from './stage.ts';

/** Ann in her own room, with Ben and Cem. */
export async function party(stage: Stage, room: CreateRoomRequest = {}) {
  const owner = await stage.guest('Ann');
  const { id: roomId } = await createRoom(stage.server.url, owner.token, room);
  const { password } = room;
  const come = async (guest: Guest): Promise<Person> => {
    const person = await guest.connect();
    await person.request('room:join', { roomId, password });
    return person;
  };
  const [ann, ben, cem] = [
    await come(owner),
    await come(await stage.guest('Ben')),
    await come(await stage.guest('Cem')),
  ];
  return { roomId, owner, ann, ben, cem };
}

/** A user of a backend that shares the server's secret. */
export async function minted(stage: Stage, claims: MintedClaims): Promise<Guest> {
  const keys = await secretKeys(SECRET);
  const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
  return stage.bearer(claims.sub, await mintToken(claims, minting));
}

export const join = async (person: Person, roomId: string, more: object = {}) =>
  codeOf(await person.request('room:join', { roomId, ...more }));

/** Makes somebody host, or no host any more. @returns `ack`, or the code of the refusal */
export const makeHost = async (actor: Person, { peerId }: Person, host = true) =>
  codeOf(await actor.request('room:host', { peerId, host }));

/** Returns the secret of a new invitation. */
export async function invite(
  { server }: Stage,
  { token }: Guest,
  roomId: string,
  body: InvitationRequest = {},
): Promise<string> {
  const path = `/rooms/${roomId}/invitations`;
  const { url } = await api(server.url, path, { reply: CreateInvitationReply, token, body });
  return new URL(url).searchParams.get('invite') ?? '';
}

/** A request with a JSON body, if any. */
export function ask(
  { server }: Stage,
  method: string,
  path: string,
  { token }: Guest,
  body?: object,
): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The status and the code of a refusal. */
export async function refusalOf(response: Response): Promise<readonly [number, unknown]> {
  return [response.status, (await response.json()).code];
}
