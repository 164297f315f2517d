import { expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { BansReply, CreateInvitationReply } from '../../src/protocol/host-bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { RawClient } from '../support/server/ws-client.ts';

it('[RM6][RM12] what hosts were acknowledged outlives SIGKILL: hosts, rights, bans and invitations', async () => {
  const environment = { PORT: String(await freePort()), DATABASE_PATH: temporaryDatabase() };
  let server = await startParley(environment);
  const { url } = server;
  try {
    const [ann, ben, cem, dan] = await Promise.all(
      ['Ann', 'Ben', 'Cem', 'Dan'].map((displayName) => signIn(url, { displayName })),
    );
    if (!ann || !ben || !cem || !dan) throw new Error('not everybody signed in');
    const { id: roomId } = await createRoom(url, ann.accessToken, { password: 'correct horse' });
    const connect = (token: string) => new RawClient({ wsUrl: url.replace('http', 'ws'), token });
    const inside = async ({ accessToken }: typeof ann) => {
      const client = connect(accessToken);
      const { peerId } = (await client.welcome).payload;
      await client.request('room:join', { roomId, password: 'correct horse' });
      return Object.assign(client, { peerId });
    };
    const [host, second, third] = [await inside(ann), await inside(ben), await inside(cem)];
    await host.request('room:send', { peerId: second.peerId, send: ['audio'] });
    await host.request('room:kick', { peerId: third.peerId, ban: true });
    const path = `/rooms/${roomId}/invitations`;
    const token = ann.accessToken;
    const made = await api(url, path, { reply: CreateInvitationReply, token, body: { host: true, uses: 1 } });
    expect((await host.request('room:host', { peerId: second.peerId, host: true })).event).toBe('ack');
    await server.stop('SIGKILL');
    server = await startParley(environment);
    const join = async ({ accessToken }: typeof ann, more: object = {}) => {
      const client = connect(accessToken);
      await client.welcome;
      return (await client.request('room:join', { roomId, ...more })).payload;
    };
    expect(await join(ben)).toMatchObject({ you: { host: true, send: ['audio'] } });
    expect(await join(cem)).toMatchObject({ code: 'banned' });
    const { items } = await api(url, `/rooms/${roomId}/bans`, { reply: BansReply, token });
    expect(items).toMatchObject([{ userId: cem.user.id, displayName: 'Cem' }]);
    const invite = new URL(made.url).searchParams.get('invite');
    expect(await join(dan, { invite })).toMatchObject({ you: { host: true } });
  } finally {
    await server.stop('SIGKILL');
  }
});

it('[TK4] that a kick has made a token for the room worthless outlives SIGKILL', async () => {
  const JWT_SECRET = SECRET;
  const environment = { PORT: String(await freePort()), DATABASE_PATH: temporaryDatabase(), JWT_SECRET };
  let server = await startParley(environment);
  const { url } = server;
  try {
    const { accessToken: token } = await signIn(url, { displayName: 'Ann' });
    const { id: roomId } = await createRoom(url, token);
    const minting = { keys: await secretKeys(SECRET), issuer: 'parley', audience: 'parley' };
    const zoes = await mintToken(
      { sub: 'zoe', room: { id: roomId } },
      { ...minting, now: Date.now() - 60_000, lifetimeSeconds: 3_600 },
    );
    const join = async (accessToken: string) => {
      const client = new RawClient({ wsUrl: url.replace('http', 'ws'), token: accessToken });
      const { peerId } = (await client.welcome).payload;
      return { client, peerId, answer: await client.request('room:join', { roomId }) };
    };
    const [ann, zoe] = [await join(token), await join(zoes)];
    expect((await ann.client.request('room:kick', { peerId: zoe.peerId })).event).toBe('ack');
    await server.stop('SIGKILL');
    server = await startParley(environment);
    expect((await join(zoes)).answer.payload).toMatchObject({ code: 'forbidden' });
  } finally {
    await server.stop('SIGKILL');
  }
});
