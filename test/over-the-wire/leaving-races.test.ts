import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { LOOK_MS } from '../../src/accounts/admins.ts';
import { REFRESH_GRACE_MS } from '../../src/accounts/logins.ts';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { api, createRoom, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { connectRaw } from '../support/server/ws-client.ts';
import { loginOf, post, problemCode, refreshed, remove } from './accounts.ts';
import { codeOf, type Stage, startStage } from './stage.ts';

const UNAUTHORIZED = { code: 4001, reason: 'unauthorized' };
const PASSWORD = 'correct horse';

describe('somebody who leaves', () => {
  it.each(['logout', 'deletion'])('[AC5][AC6] during a join by password is not inside: %s', async (how) => {
    const stage = await startStage();
    const owner = await stage.guest();
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { password: PASSWORD });
    const { user, accessToken } = await signIn(stage.server.url);
    const ann = await stage.bearer(user.id, accessToken).connect();
    ann.send('room:join', { roomId, password: PASSWORD });
    const response = await leave(stage, how, user.id, accessToken);
    expect(response.status).toBe(204);
    expect(await ann.closed).toEqual(UNAUTHORIZED);
    const host = await owner.connect();
    const joined = await host.request('room:join', { roomId, password: PASSWORD });
    expect(joined).toMatchObject({ event: 'room:joined', payload: { peers: [] } });
  });

  it.each(['logout', 'deletion'])('[CA5] during a call hangs up on the others: %s', async (how) => {
    const stage = await startStage();
    const roomId = await stage.room();
    const { user, accessToken } = await signIn(stage.server.url);
    const ann = await stage.bearer(user.id, accessToken).inside(roomId);
    const ben = await (await stage.guest()).inside(roomId);
    await ben.request('call:offer', { to: ann.peerId, sdp: 'v=0' });
    await leave(stage, how, user.id, accessToken);
    expect((await ben.next('call:hangup')).payload).toMatchObject({ from: ann.peerId, reason: 'peer_left' });
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'left' });
    expect(codeOf(await ben.request('call:ice', { to: ann.peerId, candidate: 'x' }))).toBe('peer_gone');
  });

  it.each(['logout', 'deletion'])('[AC5][AC6] during a refresh gets no token that works: %s', async (how) => {
    const stage = await startStage();
    for (let round = 0; round < 10; round += 1) {
      const { user, accessToken, refreshToken } = await signIn(stage.server.url);
      const [refresh, left] = await Promise.all([
        post(stage, '/auth/refresh', { refreshToken }),
        leave(stage, how, user.id, accessToken),
      ]);
      expect(left.status).toBe(204);
      expect([200, 401]).toContain(refresh.status);
      if (refresh.status === 401) continue;
      const pair = v.parse(TokensReply, await refresh.json());
      expect((await stage.get('/auth/me', pair.accessToken)).status).toBe(401);
      expect((await post(stage, '/auth/refresh', { refreshToken: pair.refreshToken })).status).toBe(401);
    }
  });

  it.each(['logout', 'deletion'])('[AC5][AC6] while connecting has no session: %s', async (how) => {
    const stage = await startStage();
    for (let round = 0; round < 5; round += 1) {
      const { user, accessToken: token } = await signIn(stage.server.url);
      const clients = [0, 1, 2].map(() => connectRaw({ wsUrl: stage.server.wsUrl, token }));
      await leave(stage, how, user.id, token);
      expect((await stage.get('/auth/me', token)).status).toBe(401);
      // 4100: the user has changed since the token was verified. Whoever comes back gets 4001.
      for (const client of clients) expect([4001, 4100]).toContain((await client.closed).code);
    }
  });
});

describe('a refresh token', () => {
  it('[TK5] that two tabs use at once gives both a pair of the same login', async () => {
    const stage = await startStage();
    const { user, accessToken, refreshToken } = await signIn(stage.server.url);
    const session = await stage.bearer(user.id, accessToken).connect();
    const pairs = await Promise.all([0, 1].map(() => refreshed(stage, refreshToken)));
    expect(new Set(pairs.map((pair) => pair.refreshToken)).size).toBe(2);
    for (const pair of pairs) {
      expect(loginOf(pair.accessToken)).toBe(loginOf(accessToken));
      expect((await refreshed(stage, pair.refreshToken)).user.id).toBe(user.id);
    }
    expect((await session.request('ping')).event).toBe('pong');
  });

  it('[TK5] whose reply was lost works again for 30 s; a thief who comes later ends login and sessions', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { user, accessToken, refreshToken } = await signIn(stage.server.url);
    const roomId = await stage.room();
    const session = await stage.bearer(user.id, accessToken).inside(roomId);
    const ben = await (await stage.guest()).inside(roomId);
    const lost = await refreshed(stage, refreshToken);
    clock.advance(REFRESH_GRACE_MS);
    const again = await refreshed(stage, refreshToken);
    clock.advance(1);
    expect(await problemCode(await post(stage, '/auth/refresh', { refreshToken }))).toBe(
      'refresh_token_reused',
    );
    expect(await session.closed).toEqual(UNAUTHORIZED);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: session.peerId, reason: 'left' });
    for (const pair of [lost, again]) {
      expect((await stage.get('/auth/me', pair.accessToken)).status).toBe(401);
      const next = await post(stage, '/auth/refresh', { refreshToken: pair.refreshToken });
      expect(await problemCode(next)).toBe('unauthorized');
    }
  });
});

describe('a role that changes while a session is open', () => {
  it('[TK1][RM6] makes a host of it at once, and takes that away at once', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const clock = new FakeClock(Date.now());
    const stage = await startStage({ DATABASE_PATH }, { clock });
    const roomId = await stage.room();
    const { user, accessToken } = await register(stage);
    const ada = await stage.bearer(user.id, accessToken).inside(roomId);
    expect(codeOf(await ada.request('room:lock', { locked: true }))).toBe('forbidden');
    for (const [role, answer] of [
      ['admin', 'ack'],
      [null, 'forbidden'],
    ] as const) {
      setRole(DATABASE_PATH, user.id, role);
      clock.advance(LOOK_MS);
      expect(codeOf(await ada.request('room:lock', { locked: true }))).toBe(answer);
      expect((await stage.get('/invites', accessToken)).status).toBe(role === null ? 403 : 200);
    }
  });

  it('[TK1][SE8] is the stored one of now in sessions that outlived a restart', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const stage = await startStage({ DATABASE_PATH });
    const roomId = await stage.room();
    const { user, accessToken } = await register(stage);
    const ada = await stage.bearer(user.id, accessToken).inside(roomId);
    await stage.server.drain();
    setRole(DATABASE_PATH, user.id, 'admin');
    const next = await startStage({ DATABASE_PATH });
    const back = ada.resume(ada.lastSeq, next.server.wsUrl);
    expect((await back.welcome).payload.resumed).toBe(true);
    expect(codeOf(await back.request('room:lock', { locked: true }))).toBe('ack');
  });
});

/** As another process does, such as `parley admin create`. */
function setRole(path: string, userId: string, role: 'admin' | null): void {
  const database = new Database(path);
  database.prepare('UPDATE users SET role = ? WHERE id = ?').run(role, userId);
  database.close();
}

function register(stage: Stage): Promise<TokensReply> {
  const body = { email: 'ada@example.org', password: PASSWORD };
  return api(stage.server.url, '/auth/register', { reply: TokensReply, body });
}

function leave(stage: Stage, how: string, userId: string, token: string): Promise<Response> {
  if (how === 'deletion') return remove(stage, `/users/${userId}`, token);
  return post(stage, '/auth/logout', {}, { Authorization: `Bearer ${token}` });
}
