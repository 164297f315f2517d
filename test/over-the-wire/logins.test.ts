import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { USER_AGENT_CHARACTERS } from '../../src/accounts/logins.ts';
import { LoginsReply } from '../../src/protocol/bodies.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { signIn } from '../support/server/api.ts';
import { loginOf, minted, post, problemCode, refreshed, remove, signInAs } from './accounts.ts';
import { type Stage, startStage } from './stage.ts';

const UNAUTHORIZED = { code: 4001, reason: 'unauthorized' };

describe('the list of logins', () => {
  it('[AC6] tells where a guest is signed in, and when that was used last', async () => {
    const clock = new FakeClock(Date.parse('2026-03-01T10:00:00Z'));
    const stage = await startStage({}, { clock });
    const first = await signInAs(stage, 'Firefox on a desk');
    expect(await list(stage, first.accessToken)).toEqual([
      {
        id: loginOf(first.accessToken),
        createdAt: '2026-03-01T10:00:00.000Z',
        lastUsedAt: '2026-03-01T10:00:00.000Z',
        userAgent: 'Firefox on a desk',
        current: true,
      },
    ]);
    clock.advance(60_000);
    const second = await refreshed(stage, first.refreshToken, 'another name');
    expect(await list(stage, second.accessToken)).toMatchObject([
      {
        id: loginOf(first.accessToken),
        createdAt: '2026-03-01T10:00:00.000Z',
        lastUsedAt: '2026-03-01T10:01:00.000Z',
        userAgent: 'Firefox on a desk',
      },
    ]);
  });

  it('[HT4] comes whole, and refuses what is no limit and no cursor of it', async () => {
    const stage = await startStage();
    const { accessToken } = await signInAs(stage, 'Firefox on a desk');
    const ask = (query: string) => stage.get(`/auth/logins?${query}`, accessToken);
    expect((await ask('limit=1')).status).toBe(200);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'after=x', 'after=']) {
      expect(await problemCode(await ask(query)), query).toBe('validation_failed');
    }
  });

  it('[AC6] has no more of a user agent than is good to read, and null if there is none', async () => {
    const stage = await startStage();
    for (const [sent, stored] of [
      ['x'.repeat(USER_AGENT_CHARACTERS + 50), 'x'.repeat(USER_AGENT_CHARACTERS)],
      ['Tab\tand \u0085 more', expect.not.stringMatching(/\p{Cc}/u)],
      ['', null],
    ] as const) {
      const { accessToken } = await signInAs(stage, sent);
      expect(await list(stage, accessToken)).toMatchObject([{ userAgent: stored }]);
    }
  });

  it('[AC6] is empty for the token of a backend, which ends nothing', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { user, accessToken } = await signIn(stage.server.url);
    for (const sub of ['backend', user.id]) {
      const token = await minted({ sub });
      expect(await list(stage, token)).toEqual([]);
      expect((await remove(stage, '/auth/logins', token)).status).toBe(204);
      expect(await problemCode(await remove(stage, `/auth/logins/${loginOf(accessToken)}`, token))).toBe(
        'not_found',
      );
    }
    expect(await list(stage, accessToken)).toHaveLength(1);
  });

  it('[AC6] is closed to a token for one room', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const token = await minted({ sub: 'ann', room: { id: await stage.room() } });
    for (const response of [
      await stage.get('/auth/logins', token),
      await remove(stage, '/auth/logins', token),
      await remove(stage, '/auth/logins/any', token),
    ]) {
      expect(await problemCode(response)).toBe('forbidden');
    }
  });
});

describe('signing out somewhere', () => {
  it('[AC6] ends that login: its tokens stop, its sessions close with 4001, others see them leave', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const ann = await signIn(stage.server.url);
    const person = await stage.bearer(ann.user.id, ann.accessToken).inside(roomId);
    const away = await stage.bearer(ann.user.id, ann.accessToken).inside(await stage.room());
    const ben = await (await stage.guest()).inside(roomId);
    away.cut();
    const path = `/auth/logins/${loginOf(ann.accessToken)}`;
    expect(await problemCode(await remove(stage, path, ben.guest.token))).toBe('not_found');
    expect((await remove(stage, path, ann.accessToken)).status).toBe(204);
    expect(await person.closed).toEqual(UNAUTHORIZED);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: person.peerId, reason: 'left' });
    expect(await away.resume().closed).toEqual(UNAUTHORIZED);
    for (const response of [
      await stage.get('/auth/me', ann.accessToken),
      await remove(stage, path, ann.accessToken),
      await post(stage, '/auth/refresh', { refreshToken: ann.refreshToken }),
    ]) {
      expect(await problemCode(response)).toBe('unauthorized');
    }
    expect((await ben.request('ping')).event).toBe('pong');
  });

  it('[AC6] is 404 for a login that does not exist, whatever its id looks like', async () => {
    const stage = await startStage();
    const { accessToken } = await signIn(stage.server.url);
    for (const id of [
      'none',
      '__proto__',
      '%00',
      'x'.repeat(5_000),
      "'%20OR%201=1",
      encodeURIComponent('/'),
    ]) {
      expect(await problemCode(await remove(stage, `/auth/logins/${id}`, accessToken))).toBe('not_found');
    }
  });

  it('[AC6] everywhere ends all logins, the current one too', async () => {
    const stage = await startStage();
    const ann = await signIn(stage.server.url);
    const session = await stage.bearer(ann.user.id, ann.accessToken).connect();
    const ben = await signIn(stage.server.url);
    expect((await remove(stage, '/auth/logins', ann.accessToken)).status).toBe(204);
    expect(await session.closed).toEqual(UNAUTHORIZED);
    expect((await stage.get('/auth/me', ann.accessToken)).status).toBe(401);
    expect((await post(stage, '/auth/refresh', { refreshToken: ann.refreshToken })).status).toBe(401);
    expect((await stage.get('/auth/me', ben.accessToken)).status).toBe(200);
  });
});

async function list(stage: Stage, token: string) {
  const { items, nextCursor } = v.parse(LoginsReply, await (await stage.get('/auth/logins', token)).json());
  expect(nextCursor).toBeNull();
  return items;
}
