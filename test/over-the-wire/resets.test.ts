import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeResetToken, RESET_LINK_MS } from '../../src/accounts/resets.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { api } from '../support/server/api.ts';
import { temporaryStore } from '../support/server/database.ts';
import type { TestServer } from '../support/server/server.ts';
import { startStage } from './stage.ts';

const OLD = 'correct horse';
const NEW = 'another horse';

describe('POST /auth/reset', () => {
  it('sets a password, and ends every login of the user, with its tokens and sessions', async () => {
    const { server, bearer, get, guest } = await startStage();
    const { user, accessToken, refreshToken } = await ada(server);
    const session = await bearer(user.id, accessToken).connect();
    const ben = await (await guest('Ben')).connect();
    const reply = await reset(server, { token: await linkFor(server, user.id), password: NEW });
    expect([reply.status, await reply.text()]).toEqual([204, '']);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect((await session.closed).code).toBe(4001);
    expect((await get('/auth/me', accessToken)).status).toBe(401);
    const refreshed = await post(server, '/auth/refresh', { refreshToken });
    expect((await refreshed.json()).code).toBe('unauthorized');
    expect((await ben.request('ping', {})).event).toBe('pong');
  });

  it('takes the new password from then on, and not the old one', async () => {
    const { server } = await startStage();
    const { user } = await ada(server);
    await reset(server, { token: await linkFor(server, user.id), password: NEW });
    expect(await codeOf(await login(server, OLD))).toBe('401 invalid_credentials');
    expect((await login(server, NEW)).status).toBe(200);
  });

  it('leaves no login by the old password, whenever that was shown', async () => {
    const { server, get } = await startStage();
    const { user } = await ada(server);
    const token = await linkFor(server, user.id);
    const [first, reply, ...later] = await Promise.all([
      login(server, OLD),
      reset(server, { token, password: NEW }),
      login(server, OLD),
      login(server, OLD),
    ]);
    expect(reply.status).toBe(204);
    for (const signedIn of [first, ...later].filter(({ ok }) => ok)) {
      const { accessToken, refreshToken } = await signedIn.json();
      expect((await get('/auth/me', accessToken)).status).toBe(401);
      expect((await post(server, '/auth/refresh', { refreshToken })).status).toBe(401);
    }
  });

  it('refuses a token that is wrong or used', async () => {
    const { server } = await startStage();
    const { user } = await ada(server);
    const token = await linkFor(server, user.id);
    for (const wrong of ['', 'x', `${token}x`, token.slice(1), token.toLowerCase()]) {
      expect(await codeOf(await reset(server, { token: wrong, password: NEW }))).toBe('401 invalid_token');
    }
    expect((await reset(server, { token, password: NEW })).status).toBe(204);
    expect(await codeOf(await reset(server, { token, password: NEW }))).toBe('401 invalid_token');
  });

  it('refuses a token that is older than 24 hours', async () => {
    const { server } = await startStage();
    const { user } = await ada(server);
    const old = (age: number): Clock => ({ ...systemClock, now: () => Date.now() - age });
    const token = await linkFor(server, user.id, old(RESET_LINK_MS));
    expect(await codeOf(await reset(server, { token, password: NEW }))).toBe('401 invalid_token');
    const younger = await linkFor(server, user.id, old(RESET_LINK_MS - 60_000));
    expect((await reset(server, { token: younger, password: NEW })).status).toBe(204);
  });

  it('does not use the token up with a refused password', async () => {
    const { server, get } = await startStage();
    const { user, accessToken } = await ada(server);
    const token = await linkFor(server, user.id);
    for (const password of ['short', 'x'.repeat(129), 12_345_678, null, undefined]) {
      expect(await codeOf(await reset(server, { token, password }))).toBe('400 validation_failed');
    }
    expect((await get('/auth/me', accessToken)).status).toBe(200);
    expect((await reset(server, { token, password: NEW })).status).toBe(204);
  });

  it('lets one of several requests at once use a token', async () => {
    const { server } = await startStage();
    const { user } = await ada(server);
    const token = await linkFor(server, user.id);
    const replies = await Promise.all(
      [1, 2, 3, 4].map((n) => reset(server, { token, password: `${NEW} ${n}` })),
    );
    const codes = await Promise.all(replies.map((reply) => (reply.ok ? reply.status : codeOf(reply))));
    expect(codes.sort()).toEqual([204, ...Array(3).fill('401 invalid_token')]);
  });

  it('counts as a try to sign in, good or bad', async () => {
    const { server } = await startStage({ SIGN_INS_PER_MINUTE: '3' });
    const { user } = await ada(server);
    const token = await linkFor(server, user.id);
    await reset(server, { token, password: 'short' });
    for (const given of ['wrong', token]) await reset(server, { token: given, password: NEW });
    expect(await codeOf(await reset(server, { token, password: NEW }))).toBe('429 rate_limited');
  });

  it('answers any body with a problem, and changes nothing', async () => {
    const { server, get } = await startStage();
    const { accessToken } = await ada(server);
    const odd = fc.oneof(fc.string(), fc.constant(null), fc.integer(), fc.jsonValue());
    const bodies = fc.record({ token: odd, password: odd }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bodies, fc.jsonValue()), async (body) => {
        const code = await codeOf(await reset(server, body));
        expect(['400 validation_failed', '401 invalid_token']).toContain(code);
      }),
      { numRuns: 200 },
    );
    expect((await get('/auth/me', accessToken)).status).toBe(200);
  });
});

/** Registers Ada, and signs her in. */
function ada({ url, setupToken: token }: TestServer): Promise<TokensReply> {
  return api(url, '/setup', { reply: TokensReply, body: { token, email: 'ada@example.org', password: OLD } });
}

/** The token of a link that another process makes, as the command line does. */
function linkFor({ config }: TestServer, userId: string, clock: Clock = systemClock): Promise<string> {
  const { resetLinks } = temporaryStore(config.databasePath);
  return makeResetToken(userId as UserId, { resetLinks, clock, ids: randomIds });
}

function reset(server: TestServer, body: unknown): Promise<Response> {
  return post(server, '/auth/reset', body);
}

function login(server: TestServer, password: string): Promise<Response> {
  return post(server, '/auth/login', { email: 'ada@example.org', password });
}

function post({ url }: TestServer, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
}

/** Status and code of a problem. */
async function codeOf(response: Response): Promise<string> {
  const { code, status } = await response.json();
  expect(status).toBe(response.status);
  return `${status} ${code}`;
}
