import { expect, it } from 'vitest';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { HANGUP_REASONS } from '../../src/protocol/events.ts';
import { api, createRoom } from '../support/server/api.ts';
import { codeOf, startStage } from './stage.ts';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Every field of a JSON value, at whatever depth. */
function fieldsOf(value: unknown): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const own: [string, unknown][] = Array.isArray(value) ? [] : Object.entries(value);
  return [...own, ...Object.values(value).flatMap(fieldsOf)];
}

it('[HT1] bodies are JSON in UTF-8 with camelCase names, ISO times, and units in the names of durations', async () => {
  const { server, guest, get } = await startStage({ TURN_URLS: 'stun:stun.example.org' });
  const signedIn = await api(server.url, '/auth/guest', {
    reply: TokensReply,
    body: { displayName: 'Zoë 👩‍👩‍👧' },
  });
  const { id } = await createRoom(server.url, signedIn.accessToken, { name: 'Café' });
  const replies: unknown[] = [signedIn, (await (await guest()).connect()).welcomed];
  for (const path of [
    '/auth/me',
    `/rooms/${id}`,
    '/ice-servers',
    `/connect/${id}`,
    '/.well-known/jwks.json',
  ]) {
    const response = await get(path, signedIn.accessToken, { Accept: 'application/json' });
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    replies.push(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer())));
  }
  const fields = replies.flatMap(fieldsOf);
  expect(fields.filter(([name]) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([]);
  const times = fields.filter(([name, value]) => /(At|Time)$/.test(name) && value !== null);
  expect(new Set(times.map(([name]) => name))).toEqual(new Set(['createdAt', 'expiresAt', 'serverTime']));
  expect(times.filter(([, time]) => !ISO_TIME.test(String(time)))).toEqual([]);
  const durations = fields.filter(([name]) => /(window|heartbeat|expiresIn|empty)/i.test(name));
  expect(durations.filter(([name]) => !/(Ms|Seconds)$/.test(name))).toEqual([]);
  expect(fields).toContainEqual(['displayName', 'Zoë 👩‍👩‍👧']);
  expect(fields).toContainEqual(['name', 'Café']);
});

it('[AC3] a bad token is 401 wherever a token is used, and ignored where a login begins or goes on', async () => {
  const { server, room, get } = await startStage();
  const roomId = await room();
  const { refreshToken } = await api(server.url, '/auth/guest', { reply: TokensReply, body: {} });
  const post = (path: string, body: object = {}) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { Authorization: 'Bearer not.a.token' },
      body: JSON.stringify(body),
    });
  const json = { Accept: 'application/json' };
  for (const path of ['/auth/me', '/create', '/ice-servers', `/rooms/${roomId}`, `/connect/${roomId}`]) {
    expect([path, (await get(path, 'not.a.token', json)).status]).toEqual([path, 401]);
  }
  for (const path of ['/rooms', '/auth/logout'])
    expect([path, (await post(path)).status]).toEqual([path, 401]);
  expect((await post('/auth/guest')).status).toBe(201);
  expect((await post('/auth/refresh', { refreshToken })).status).toBe(200);
});

it('[CA7] a hangup gives one of the reasons, or none', async () => {
  const stage = await startStage();
  const roomId = await stage.room();
  const ann = await (await stage.guest('Ann')).inside(roomId);
  const ben = await (await stage.guest('Ben')).inside(roomId);
  for (const reason of [...HANGUP_REASONS, undefined]) {
    expect((await ann.request('call:hangup', { to: ben.peerId, reason })).event).toBe('ack');
    expect((await ben.next('call:hangup')).payload.reason).toBe(reason);
  }
  const answer = await ann.request('call:hangup', { to: ben.peerId, reason: 'bored' });
  expect(codeOf(answer)).toBe('invalid_message');
});
