import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { SECRET } from '../../support/server/accounts.ts';
import { startHttp } from '../server/harness.ts';

describe('rooms over HTTP', () => {
  it('are created by POST /rooms and read by their id', async () => {
    const { post, get, guest, url, inside } = await startHttp();
    const { bearer, id } = await guest();
    const created = await post('/rooms', { name: 'Standup', max: 4 }, bearer);
    const { room, ...urls } = await created.json();
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/rooms/${room.id}`);
    expect(room).toMatchObject({ name: 'Standup', max: 4, ownerId: id, hasPassword: false, participants: 0 });
    expect(urls).toEqual({
      url: `${url}/connect/${room.id}`,
      wsUrl: `${url.replace('http', 'ws')}/ws/rooms/${room.id}`,
    });
    inside.set(room.id, [PEER, PEER]);
    const found = await get(`/rooms/${room.id}`, (await guest()).bearer);
    expect(await found.json()).toEqual({ room: { ...room, participants: 2 } });
  });

  it('are created by GET /create with the defaults', async () => {
    const { get, guest } = await startHttp();
    const response = await get('/create', (await guest()).bearer);
    const { roomId, room, url, wsUrl } = await response.json();
    expect(response.status).toBe(201);
    expect(room).toMatchObject({ id: roomId, name: null, max: 8 });
    expect([url, wsUrl].every((link) => link.endsWith(roomId))).toBe(true);
  });

  it('never tell their password or its hash', async () => {
    const { post, guest } = await startHttp();
    const response = await post('/rooms', { password: 'correct horse' }, (await guest()).bearer);
    const text = await response.text();
    expect(JSON.parse(text).room.hasPassword).toBe(true);
    expect(text).not.toMatch(/correct horse|scrypt/);
  });

  it('[RM5] take null for a name and a password that they do not have, as PATCH does', async () => {
    const { post, guest } = await startHttp();
    const created = await post('/rooms', { name: null, password: null }, (await guest()).bearer);
    expect(created.status).toBe(201);
    expect((await created.json()).room).toMatchObject({ name: null, hasPassword: false });
  });

  it('need a token and valid fields', async () => {
    const { post, get, guest } = await startHttp();
    expect((await post('/rooms', {})).status).toBe(401);
    expect((await get('/create')).status).toBe(401);
    const refused = await post('/rooms', { max: 51, password: 'short' }, (await guest()).bearer);
    expect(refused.status).toBe(400);
    expect((await refused.json()).errors.map(({ path }: { path: string }) => path)).toEqual([
      'max',
      'password',
    ]);
    const missing = await get('/rooms/3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a', (await guest()).bearer);
    expect([missing.status, (await missing.json()).code]).toEqual([404, 'room_not_found']);
  });

  it('[RM5] tell how long they stay when empty: a day, or as long as asked for', async () => {
    const { post, get, guest } = await startHttp();
    const { bearer } = await guest();
    const emptySeconds = async (requester: Record<string, string>, body: object) =>
      (await (await post('/rooms', body, requester)).json()).room.emptySeconds;
    expect(await emptySeconds(bearer, {})).toBe(86_400);
    expect(await emptySeconds(bearer, { emptySeconds: 0 })).toBe(0);
    expect(await emptySeconds(bearer, { emptySeconds: 1_800 })).toBe(1_800);
    expect((await (await get('/create', bearer)).json()).room.emptySeconds).toBe(86_400);
    for (const wrong of [-1, 86_401, 0.5, '60', null]) {
      const refused = await post('/rooms', { emptySeconds: wrong }, bearer);
      expect((await refused.json()).errors).toMatchObject([{ path: 'emptySeconds' }]);
    }
  });

  it('[TK4] are closed to a token for another room', async () => {
    const { post, get, guest } = await startHttp();
    const make = async () => (await (await post('/rooms', {}, (await guest()).bearer)).json()).room.id;
    const [one, other] = [await make(), await make()];
    const bearer = await bearerOf({ sub: 'visitor', room: { id: one } });
    expect((await get(`/rooms/${one}`, bearer)).status).toBe(200);
    const refusals = [
      await get(`/rooms/${other}`, bearer),
      await post('/rooms', {}, bearer),
      await get(`/connect/${other}`, { accept: 'application/json', ...bearer }),
    ];
    for (const refusal of refusals)
      expect([refusal.status, (await refusal.json()).code]).toEqual([403, 'forbidden']);
  });
});

describe('links', () => {
  it('begin with PUBLIC_URL if it is set', async () => {
    const { get, guest } = await startHttp({ publicUrl: 'https://call.example.org/parley' });
    const { roomId, url, wsUrl } = await (await get('/create', (await guest()).bearer)).json();
    expect(url).toBe(`https://call.example.org/parley/connect/${roomId}`);
    expect(wsUrl).toBe(`wss://call.example.org/parley/ws/rooms/${roomId}`);
  });

  it('are https if a trusted proxy says so, and nobody else', async () => {
    const link = async (proxies: { address: string; prefix: number }[], proto: string) => {
      const { get, guest } = await startHttp({ proxies });
      const { bearer } = await guest();
      return (await (await get('/create', { ...bearer, 'x-forwarded-proto': proto })).json()).wsUrl;
    };
    const proxy = { address: '127.0.0.0', prefix: 8 };
    expect(await link([proxy], 'https')).toMatch(/^wss:/);
    expect(await link([proxy], 'https, http')).toMatch(/^ws:/);
    expect(await link([proxy], 'javascript')).toMatch(/^ws:/);
    expect(await link([], 'https')).toMatch(/^ws:/);
  });
});

/** Returns the Authorization header with a token that a backend made. */
async function bearerOf(claims: object): Promise<{ authorization: string }> {
  const token = await new SignJWT({ ...claims, exp: Date.parse('2026-01-01T00:10:00Z') / 1000 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
}

const PEER = {
  peerId: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5b',
  userId: 'ann',
  username: null,
  displayName: 'Ann',
  userInfo: null,
  media: { audio: true, video: true, screen: false },
  state: 'live' as const,
  polite: true,
  host: false,
  send: ['audio' as const],
  hand: null,
};
