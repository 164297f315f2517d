import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/lib/log.ts';
import { MeReply, Problem } from '../../src/protocol/bodies.ts';
import { UNAUTHENTICATED_MS } from '../../src/protocol/limits.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom, signIn } from '../support/server/api.ts';
import { connectRaw } from '../support/server/ws-client.ts';
import { codeOf, type Stage, startStage } from './stage.ts';

const UNAUTHORIZED = { code: 4001, reason: 'unauthorized' };
const HOUR = 3_600;
const seconds = (): number => Math.floor(Date.now() / 1_000);
const ANN = { sub: 'ann', exp: seconds() + HOUR };
const secret = new TextEncoder().encode(SECRET);

/** A token as a backend that shares our secret makes it. */
function minted(claims: JWTPayload, alg = 'HS256', key = secret): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
}

/** Expects that HTTP and WebSocket refuse a token, each in its way. */
async function expectRefused({ server, get }: Stage, token: string): Promise<void> {
  const client = connectRaw({ wsUrl: server.wsUrl, token });
  await client.opened;
  expect(await client.closed).toEqual(UNAUTHORIZED);
  expect(client.texts).toEqual([]);
  const reply = await get('/auth/me', token);
  expect(reply.status).toBe(401);
  expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(v.parse(Problem, await reply.json()).code).toBe('unauthorized');
}

describe('a token under a key pair of our own', () => {
  it('[WS2] is needed: without one the connection closes with 4001', async () => {
    const { server, get } = await startStage();
    for (const options of [{}, { path: '/ws?token=' }, { headers: { Authorization: 'Basic YTpi' } }]) {
      const client = connectRaw({ wsUrl: server.wsUrl, ...options });
      await client.opened;
      expect(await client.closed).toEqual(UNAUTHORIZED);
    }
    expect((await get('/auth/me')).status).toBe(401);
  });

  it('[WS2] must not have expired', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { token } = await stage.guest();
    clock.advance(929_000);
    expect((await stage.get('/auth/me', token)).status).toBe(200);
    clock.advance(1_000);
    await expectRefused(stage, token);
  });

  it('[TK3] must be signed: alg none is refused in any spelling', async () => {
    const stage = await startStage();
    const claims = { sub: 'ann', iss: 'parley', aud: 'parley', exp: seconds() + HOUR };
    await expectRefused(stage, new UnsecuredJWT(claims).encode());
    const [, body] = new UnsecuredJWT(claims).encode().split('.');
    for (const alg of ['None', 'NONE', 'nOnE']) {
      const head = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      await expectRefused(stage, `${head}.${body}.`);
    }
  });

  it('[TK3] must be signed with the private key: the public one as a shared secret is refused', async () => {
    const stage = await startStage();
    const Keys = v.object({ keys: v.array(v.looseObject({ kid: v.string(), alg: v.string() })) });
    const [jwk] = (await api(stage.server.url, '/.well-known/jwks.json', { reply: Keys })).keys;
    const key = await importJWK({ ...jwk, ext: true }, jwk?.alg);
    if (key instanceof Uint8Array) throw new Error('a published key is symmetric');
    const spki = await exportSPKI(key);
    for (const text of [spki, spki.trim(), JSON.stringify(jwk)]) {
      const token = await new SignJWT({ sub: 'ann', exp: seconds() + HOUR })
        .setProtectedHeader({ alg: 'HS256', kid: jwk?.kid ?? '' })
        .sign(new TextEncoder().encode(text));
      await expectRefused(stage, token);
    }
  });

  it('[TK3] must be signed by us: another key pair is refused, even under a known kid', async () => {
    const stage = await startStage();
    const { token } = await stage.guest();
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const { privateKey } = await generateKeyPair('ES256');
    for (const header of [{ alg: 'ES256', kid }, { alg: 'ES256' }]) {
      const claims = { sub: 'ann', exp: seconds() + HOUR };
      await expectRefused(stage, await new SignJWT(claims).setProtectedHeader(header).sign(privateKey));
    }
  });

  it('must be complete, and no longer than a header may be', async () => {
    const stage = await startStage();
    const { token } = await stage.guest();
    const [head, body, signature] = token.split('.');
    for (const broken of [`${head}.${body}`, `${head}.${body}.`, `${head}.${body}.${signature}.x`, 'x']) {
      await expectRefused(stage, broken);
    }
  });

  it('[AC6] stops working at logout: its sessions close with 4001, and others see that they left', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const [ann, ben] = [
      await (await stage.guest()).inside(roomId),
      await (await stage.guest()).inside(roomId),
    ];
    await fetch(`${stage.server.url}/auth/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ann.guest.token}` },
    });
    expect(await ann.closed).toEqual(UNAUTHORIZED);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'left' });
    await expectRefused(stage, ann.guest.token);
  });
});

describe('a token of a backend that shares JWT_SECRET', () => {
  const SHARED = { JWT_SECRET: SECRET };

  it('[TK1] needs only sub and exp, or userId and exp, and makes an external user', async () => {
    const stage = await startStage(SHARED);
    for (const [claims, id] of [
      [{ sub: 'customer-17' }, 'customer-17'],
      [{ userId: 4711 }, '4711'],
      [{ sub: '__proto__' }, '__proto__'],
      [{ sub: 'constructor' }, 'constructor'],
    ] as const) {
      const person = await stage.bearer(id, await minted({ exp: ANN.exp, ...claims })).connect();
      expect(person.welcomed.user).toMatchObject({ id, kind: 'external' });
      const { user } = await api(stage.server.url, '/auth/me', { reply: MeReply, token: person.guest.token });
      expect(user.id).toBe(id);
    }
  });

  it('[CA3] calls and is called by its id, even if that is __proto__', async () => {
    const stage = await startStage(SHARED);
    const [ann, odd] = [
      await stage.bearer('ann', await minted(ANN)).connect(),
      await stage.bearer('__proto__', await minted({ ...ANN, sub: '__proto__' })).connect(),
    ];
    await ann.request('call:offer', { userId: '__proto__', sdp: 'v=0' });
    expect((await odd.next('call:offer')).payload).toMatchObject({ fromUserId: 'ann' });
    await odd.request('call:answer', { sdp: 'v=0' });
    expect((await ann.next('call:answer')).payload).toMatchObject({ fromUserId: '__proto__' });
  });

  const refused: readonly (readonly [of: string, claims: JWTPayload])[] = [
    ['another audience', { ...ANN, aud: 'elsewhere' }],
    ['another issuer', { ...ANN, iss: 'elsewhere' }],
    ['nobody', { exp: ANN.exp }],
    ['yesterday', { ...ANN, exp: seconds() - 60 }],
    ['the future', { ...ANN, iat: seconds() + HOUR }],
    ['a time that is none', { ...ANN, exp: 1e300 }],
    ['tomorrow', { ...ANN, nbf: seconds() + HOUR }],
    ['no end', { sub: 'ann' }],
    ['a room that is none', { ...ANN, room: { id: '__proto__' } }],
  ];
  it.each(refused)('[TK1][TK3] is refused if it is of %s', async (_, claims) => {
    await expectRefused(await startStage(SHARED), await minted(claims));
  });

  const oddHeaders: readonly (readonly [of: string, header: object])[] = [
    ['a kid that is a number', { alg: 'HS256', kid: 7 }],
    ['a kid that is a list', { alg: 'HS256', kid: ['a', 'b'] }],
    ['a kid that is an object', { alg: 'HS256', kid: { toString: 1 } }],
    ['a kid that is null', { alg: 'HS256', kid: null }],
    ['a typ that is no text', { alg: 'HS256', typ: 1 }],
    ['an alg that is no text', { alg: ['HS256'] }],
    ['something critical', { alg: 'HS256', crit: ['b64'], b64: false }],
  ];
  it.each(oddHeaders)('[TK3] is refused with %s, signed or not, and logged briefly', async (_, header) => {
    for (const environment of [SHARED, {}]) {
      const logged: string[] = [];
      const log = createLog({ level: 'info', now: () => 0, write: (line) => logged.push(line) });
      const stage = await startStage(environment, { log });
      const text = [header, ANN]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = createHmac('sha256', SECRET).update(text).digest('base64url');
      await expectRefused(stage, `${text}.${signature}`);
      const refusals = logged.filter((line) => line.includes('access token refused'));
      expect(refusals).toHaveLength(1);
      for (const line of logged) expect(line.length).toBeLessThan(400);
      expect(logged.join('')).not.toContain(signature);
      expect(logged.join('')).not.toContain('"level":"error"');
    }
  });

  it('[TK3][SE6] is good for 30 s after its exp, as `atMs` says; then its session ends', async () => {
    const clock = new FakeClock(Math.floor(Date.now() / 1_000) * 1_000);
    const stage = await startStage(SHARED, { clock });
    const exp = clock.now() / 1_000 + 20;
    const token = await minted({ sub: 'ann', exp, nbf: exp, iat: exp });
    const ann = await stage.bearer('ann', token).connect();
    expect((await ann.next('session:expiring')).payload).toEqual({ atMs: (exp + 30) * 1_000 });
    clock.advance(49_000);
    await ann.settled();
    expect((await stage.get('/auth/me', token)).status).toBe(200);
    clock.advance(1_000);
    expect((await ann.closed).code).toBe(4104);
    await expectRefused(stage, token);
  });

  it('[TK1] has its name shortened to fit, so that a bad name locks nobody out', async () => {
    const stage = await startStage(SHARED);
    const name = `\u202e Ann\u2066\n${'x'.repeat(100)}`;
    const person = await stage.bearer('ann', await minted({ ...ANN, name })).connect();
    expect(person.welcomed.user.displayName).toBe(`Ann ${'x'.repeat(60)}`);
  });

  it('[TK2] is refused with another secret or another algorithm', async () => {
    const stage = await startStage(SHARED);
    const other = new TextEncoder().encode(`${SECRET}!`);
    await expectRefused(stage, await minted(ANN, 'HS256', other));
    await expectRefused(stage, await minted(ANN, 'HS512', new Uint8Array(64).fill(7)));
    const long = new TextEncoder().encode(SECRET.padEnd(64, '.'));
    await expectRefused(stage, await minted(ANN, 'HS384', long));
  });

  it('[TK4] opens its room without the password, and no other room', async () => {
    const stage = await startStage(SHARED);
    const owner = (await signIn(stage.server.url)).accessToken;
    const room = await createRoom(stage.server.url, owner, { password: 'open sesame' });
    const other = await createRoom(stage.server.url, owner);
    const token = await minted({ ...ANN, sub: 'customer-17', room: { id: room.id } });
    const person = await stage.bearer('customer-17', token).connect();
    expect(codeOf(await person.request('room:join', { roomId: other.id }))).toBe('forbidden');
    expect(codeOf(await person.request('room:join', { roomId: room.id }))).toBe('room:joined');
    const atOnce = connectRaw({ wsUrl: stage.server.wsUrl, token, path: `/ws/rooms/${other.id}` });
    expect(codeOf(await atOnce.next('error'))).toBe('forbidden');
    const inside = connectRaw({ wsUrl: stage.server.wsUrl, token, path: `/ws/rooms/${room.id}` });
    expect((await inside.next('room:joined')).payload.peers).toHaveLength(1);
  });
});

describe('a token whose issuer’s keys don’t come', () => {
  it('keeps its connection open for 10 s at most, over WebSocket too', async () => {
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const clock = new FakeClock(Date.now());
    const stage = await startStage(
      {
        TRUSTED_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
        TRUSTED_ISSUER: 'https://id.example.org',
        TRUSTED_AUDIENCE: 'calls',
      },
      { clock },
    );
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ iss: 'https://id.example.org', aud: 'calls', sub: 'ann' })
      .setExpirationTime(seconds() + HOUR)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
    const client = connectRaw({ wsUrl: stage.server.wsUrl, token });
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    await Promise.all([client.opened, asked]);
    clock.advance(UNAUTHENTICATED_MS - 1_500);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.advance(1_500);
    expect(await client.closed).toEqual(UNAUTHORIZED);
    silent.close();
  });
});
