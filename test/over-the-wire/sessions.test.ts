import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../src/protocol/features.ts';
import { RESTART_GRACE_MS } from '../../src/signaling/life/restart.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { connectRaw, type RawClient } from '../support/server/ws-client.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

/** For tests that move the clock by minutes: no client can answer a ping in between. */
const NO_HEARTBEAT = { HEARTBEAT_MS: '86400000' };

async function pair(stage: Stage): Promise<{ ann: Person; ben: Person }> {
  const roomId = await stage.room();
  const [ann, ben] = [await (await stage.guest()).inside(roomId), await (await stage.guest()).inside(roomId)];
  await ann.next('peer:joined');
  return { ann, ben };
}

/** Cuts the connection and waits until the server knows. */
async function lose(person: Person, witness: Person): Promise<void> {
  person.cut();
  await witness.next('peer:suspended', ({ payload }) => JSON.stringify(payload).includes(person.peerId));
}

const offer = (from: Person, to: Person, n: number) =>
  from.request('call:offer', { to: to.peerId, sdp: 'v=0', n });

const offersIn = (client: RawClient): unknown[] =>
  client.frames
    .filter(({ event }) => event === 'call:offer')
    .map(({ payload }) =>
      typeof payload === 'object' && payload !== null && 'n' in payload ? payload.n : undefined,
    );

describe('a session', () => {
  it('[SE1] begins with a welcome that tells the limits of this server', async () => {
    const stage = await startStage({
      RESUME_WINDOW_MS: '1234',
      HEARTBEAT_MS: '4321',
      MESSAGE_BYTES: '2048',
      MESSAGES_PER_SECOND: '7',
      MESSAGE_BURST: '8',
    });
    const ann = await stage.person();
    expect(ann.frames[0]).toEqual({
      event: 'welcome',
      seq: 1,
      payload: {
        protocol: 1,
        peerId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        user: expect.objectContaining({ id: ann.guest.userId, kind: 'guest' }),
        resumeToken: expect.stringMatching(/^1\.0\.[\w-]{79}$/),
        resumed: false,
        lastId: 0,
        resumeWindowMs: 1234,
        heartbeatMs: 4321,
        limits: { messageBytes: 2048, messagesPerSecond: 7, burst: 8 },
        serverTime: expect.stringMatching(/^\d{4}-.*Z$/),
        features: [...FEATURES],
      },
    });
  });

  it('[SE2][SE3] that lost its socket resumes: all that it missed comes in order, once, and the others are told', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    await offer(ben, ann, 0);
    await ann.next('call:offer');
    await lose(ann, ben);
    for (let n = 1; n <= 20; n += 1) expect(codeOf(await offer(ben, ann, n))).toBe('ack');
    const back = ann.resume();
    expect(await back.welcome).toMatchObject({ payload: { resumed: true, peerId: ann.peerId, lastId: 1 } });
    await back.settled();
    expect(back.frames[0]).not.toHaveProperty('seq');
    expect(offersIn(back)).toEqual(Array.from({ length: 20 }, (_, place) => place + 1));
    const numbers = back.frames.slice(1).map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, place) => ann.lastSeq + 1 + place));
    expect((await ben.next('peer:resumed')).payload).toEqual({ peerId: ann.peerId });
  });

  it('[WS4] has each message processed once, even if it is sent again after a resume', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    for (let id = 2; id <= 4; id += 1) {
      ann.send('call:offer', { to: ben.peerId, sdp: 'v=0', n: id }, id);
    }
    await ben.next('call:offer', ({ payload }) => JSON.stringify(payload).includes('"n":4'));
    await lose(ann, ben);
    const back = ann.resume();
    expect((await back.welcome).payload.lastId).toBe(4);
    for (let id = 2; id <= 6; id += 1) {
      back.send('call:offer', { to: ben.peerId, sdp: 'v=0', n: id }, id);
    }
    await back.next('ack', ({ re }) => re === 6);
    await ben.settled();
    expect(offersIn(ben)).toEqual([2, 3, 4, 5, 6]);
  });

  it.each(['0', '99', '-1', '1.5', 'x', '', '1e1', '9'.repeat(20)])(
    '[SE4] is a new one if lastSeq is "%s", which was never sent',
    async (lastSeq) => {
      const stage = await startStage();
      const { ann, ben } = await pair(stage);
      await lose(ann, ben);
      const { wsUrl } = stage.server;
      const { token } = ann.guest;
      const path = `/ws?token=${token}&resume=${ann.welcomed.resumeToken}&seq=${lastSeq}`;
      const back = connectRaw({ wsUrl, path });
      const { payload } = await back.welcome;
      expect(payload.resumed).toBe(false);
      expect(payload.peerId).not.toBe(ann.peerId);
      expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'timeout' });
    },
  );

  it('[SE4] is a new one if more was kept for it than fits, in messages or in bytes', async () => {
    for (const [environment, sdp] of [
      [{ KEPT_MESSAGES: '4' }, 'v=0'],
      [{ KEPT_BYTES: '4096' }, 'x'.repeat(1_500)],
    ] as const) {
      const stage = await startStage(environment);
      const { ann, ben } = await pair(stage);
      await ann.settled();
      await lose(ann, ben);
      for (let n = 0; n < 5; n += 1) await ben.request('call:offer', { to: ann.peerId, sdp });
      const { payload } = await ann.resume().welcome;
      expect(payload.resumed).toBe(false);
      expect(payload.peerId).not.toBe(ann.peerId);
      expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'timeout' });
    }
  });

  it("[WS1] can't be resumed by another user, and goes on; an unknown token begins a new one", async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    const thief = connectRaw({
      wsUrl: stage.server.wsUrl,
      token: ben.guest.token,
      resume: { token: ann.welcomed.resumeToken, lastSeq: ann.lastSeq },
    });
    const { payload } = await thief.welcome;
    expect([payload.resumed, payload.user.id]).toEqual([false, ben.guest.userId]);
    await ann.settled();
    await lose(ann, ben);
    const unknown = connectRaw({
      wsUrl: stage.server.wsUrl,
      token: ann.guest.token,
      resume: { token: '__proto__', lastSeq: 1 },
    });
    expect((await unknown.welcome).payload.resumed).toBe(false);
    expect((await ann.resume().welcome).payload.resumed).toBe(true);
  });

  it('[WS1] is not resumed without a valid access token beside the resume token', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    await lose(ann, ben);
    const resume = { token: ann.welcomed.resumeToken, lastSeq: ann.lastSeq };
    const { wsUrl } = stage.server;
    const protocols = ['parley.v1', `resume.${resume.token}.${resume.lastSeq}`];
    expect((await connectRaw({ wsUrl, protocols }).closed).code).toBe(4001);
    expect((await connectRaw({ wsUrl, resume, token: 'x' }).closed).code).toBe(4001);
    expect((await ann.resume().welcome).payload.resumed).toBe(true);
  });

  it('[SE4] is gone when its window has passed', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { ann, ben } = await pair(stage);
    await lose(ann, ben);
    clock.advance(29_000);
    await ben.settled();
    expect(ben.events()).not.toContain('peer:left');
    clock.advance(2_000);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'timeout' });
    expect((await ann.resume().welcome).payload.resumed).toBe(false);
  });

  it('[SE5] accepts the previous token until the first frame on the new socket', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    ann.cut();
    const unheard = ann.resume();
    await unheard.welcome;
    // Like a client that never received that welcome.
    const again = ann.resume();
    expect((await again.welcome).payload.resumed).toBe(true);
    expect(await unheard.closed).toEqual({ code: 4006, reason: 'replaced' });
    await again.settled();
    expect((await ann.resume().welcome).payload.resumed).toBe(false);
    await again.settled();
    await ben.settled();
    expect(ben.events()).not.toContain('peer:left');
  });

  it('[SE5] closes its first socket with 4006 if it is resumed on a second one, and nobody else notices', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    const second = ann.resume();
    expect((await second.welcome).payload).toMatchObject({ resumed: true, peerId: ann.peerId });
    expect(await ann.closed).toEqual({ code: 4006, reason: 'replaced' });
    await offer(ben, ann, 1);
    await second.next('call:offer');
    expect(ben.events().filter((event) => event.startsWith('peer:'))).toEqual([]);
  });

  it('[SE6] can be renewed with a token of its own user only', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage(NO_HEARTBEAT, { clock });
    const { accessToken, refreshToken, user } = await signIn(stage.server.url);
    const ann = await stage.bearer(user.id, accessToken).connect();
    const other = await stage.guest();
    expect(codeOf(await ann.request('session:token', { token: other.token }))).toBe('forbidden');
    expect(codeOf(await ann.request('session:token', { token: 'x' }))).toBe('unauthorized');
    clock.advance(871_000);
    const { atMs } = (await ann.next('session:expiring')).payload;
    expect(atMs - clock.now()).toBeLessThanOrEqual(60_000);
    const refreshed = await fetch(`${stage.server.url}/auth/refresh`, {
      method: 'POST',
      body: JSON.stringify({ refreshToken }),
    });
    const { accessToken: fresh } = await refreshed.json();
    expect(codeOf(await ann.request('session:token', { token: fresh }))).toBe('ack');
    clock.advance(120_000);
    await ann.settled();
    clock.advance(830_000);
    expect(await ann.closed).toEqual({ code: 4104, reason: 'token_expired' });
    expect(ann.events().filter((event) => event === 'session:expiring')).toHaveLength(2);
  });

  it('[SE6] whose token has expired is resumed with a fresh one', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage(NO_HEARTBEAT, { clock });
    const { accessToken, refreshToken, user } = await signIn(stage.server.url);
    const ann = await stage.bearer(user.id, accessToken).connect();
    clock.advance(931_000);
    expect((await ann.closed).code).toBe(4104);
    const refreshed = await fetch(`${stage.server.url}/auth/refresh`, {
      method: 'POST',
      body: JSON.stringify({ refreshToken }),
    });
    const { accessToken: token } = await refreshed.json();
    const resume = { token: ann.welcomed.resumeToken, lastSeq: ann.lastSeq };
    const back = connectRaw({ wsUrl: stage.server.wsUrl, token, resume });
    expect((await back.welcome).payload).toMatchObject({ resumed: true, peerId: ann.peerId });
  });

  it('[SE6] ends with session:bye, and nobody can resume it', async () => {
    const stage = await startStage();
    const { ann, ben } = await pair(stage);
    ann.send('session:bye', {}, 9);
    expect(await ann.closed).toEqual({ code: 1000, reason: '' });
    expect(ann.frames.at(-1)).toMatchObject({ event: 'ack', re: 9 });
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'hangup' });
    expect((await ann.resume().welcome).payload.resumed).toBe(false);
  });

  it('[SE7] that acknowledges goes on where one that doesn’t overflows', async () => {
    const stage = await startStage({ KEPT_MESSAGES: '8' });
    const { ann, ben } = await pair(stage);
    for (let n = 0; n < 30; n += 1) {
      await offer(ben, ann, n);
      await ann.next('call:offer');
      if (n % 4 === 0) ann.send('session:ack', { seq: ann.lastSeq });
    }
    const acknowledged = ann.lastSeq;
    await ann.request('session:ack', { seq: acknowledged });
    await lose(ann, ben);
    for (let n = 30; n < 36; n += 1) await offer(ben, ann, n);
    const back = ann.resume();
    expect((await back.welcome).payload.resumed).toBe(true);
    await back.settled();
    expect(offersIn(back)).toEqual([30, 31, 32, 33, 34, 35]);
    back.cut();
    const freed = back.socket;
    expect(freed.readyState).toBeGreaterThan(1);
    const early = ann.resume(acknowledged - 1);
    expect((await early.welcome).payload.resumed).toBe(false);
  });
});

describe('a restart', () => {
  it('[SE8] announces the drain, refuses upgrades, closes; then it is a resume with all that was kept', async () => {
    const path = temporaryDatabase();
    const before = await startStage({ DATABASE_PATH: path });
    const { ann, ben } = await pair(before);
    await lose(ann, ben);
    await offer(ben, ann, 1);
    await offer(ben, ann, 2);
    const drained = before.server.drain();
    const { payload } = await ben.next('server:draining');
    expect(payload.reconnectAfterMs).toBeGreaterThanOrEqual(0);
    expect(payload.reconnectAfterMs).toBeLessThan(5_000);
    expect((await before.get('/ready')).status).toBe(503);
    expect((await before.get('/health')).status).toBe(200);
    await expect(ann.resume().opened).rejects.toThrow('503');
    // [WS4] Messages between the announcement and the close are still handled.
    expect(codeOf(await offer(ben, ann, 3))).toBe('ack');
    expect(await ben.closed).toEqual({ code: 4100, reason: 'draining' });
    await drained;

    const { server } = await startStage({ DATABASE_PATH: path });
    const annBack = ann.resume(undefined, server.wsUrl);
    expect((await annBack.welcome).payload).toMatchObject({ resumed: true, peerId: ann.peerId });
    await annBack.settled();
    expect(offersIn(annBack)).toEqual([1, 2, 3]);
    const benBack = ben.resume(undefined, server.wsUrl);
    expect((await benBack.welcome).payload).toMatchObject({ resumed: true, peerId: ben.peerId });
    expect((await annBack.next('peer:resumed')).payload).toEqual({ peerId: ben.peerId });
  });

  it.each([
    ['stops', RESTART_GRACE_MS - 1_000, true],
    ['does not stop for ever', RESTART_GRACE_MS + 31_000, false],
  ])('[SE8] while the server is down, the clock of resume windows %s', async (_, downMs, resumed) => {
    const path = temporaryDatabase();
    const before = await startStage({ DATABASE_PATH: path });
    const { ann } = await pair(before);
    await before.server.drain();
    const clock = new FakeClock(Date.now() + downMs);
    const { server } = await startStage({ DATABASE_PATH: path }, { clock });
    clock.advance(1_000);
    const back = ann.resume(undefined, server.wsUrl);
    expect((await back.welcome).payload.resumed).toBe(resumed);
  });
});
