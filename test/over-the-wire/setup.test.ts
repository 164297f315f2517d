import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { LOOK_MS, registerAdmin } from '../../src/accounts/admins.ts';
import { randomIds } from '../../src/domain/ids.ts';
import { MeReply, TokensReply } from '../../src/protocol/bodies.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';
import { temporaryStore } from '../support/server/database.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { startStage } from './stage.ts';

const ADA = { email: 'Ada@Example.org', password: 'correct horse' };

describe('POST /setup', () => {
  it('[TK7] registers the first admin, and signs it in', async () => {
    const { server, get } = await startStage();
    const reply = await setUp(server, { ...ADA, username: 'ada', displayName: 'Ada L.' });
    expect(reply.status).toBe(201);
    const { user, accessToken } = v.parse(TokensReply, await reply.json());
    expect(user).toMatchObject({
      kind: 'registered',
      role: 'admin',
      email: 'Ada@Example.org',
      username: 'ada',
      displayName: 'Ada L.',
    });
    expect((await api(server.url, '/auth/me', { reply: MeReply, token: accessToken })).user).toEqual(user);
    expect((await get('/invites', accessToken)).status).toBe(200);
  });

  it('[TK7] is forbidden once there is an admin, with the right token too', async () => {
    const { server } = await startStage();
    await setUp(server, ADA);
    for (const token of [server.setupToken ?? '', 'another']) {
      expect(await codeOf(await setUp(server, { ...ADA, email: 'ben@example.org', token }))).toBe(
        '403 forbidden',
      );
    }
  });

  it('[TK7] refuses a wrong token, which leaves the right one as it is', async () => {
    const { server } = await startStage();
    for (const token of ['', 'x', `${server.setupToken}x`, server.setupToken?.slice(1)]) {
      expect(await codeOf(await setUp(server, { ...ADA, token }))).toBe('401 invalid_token');
    }
    expect((await setUp(server, ADA)).status).toBe(201);
  });

  it('[TK7] is not used up by a refused body', async () => {
    const { server } = await startStage();
    await api(server.url, '/auth/guest', { reply: TokensReply, body: { username: 'ada' } });
    const refused = [
      [{ ...ADA, password: 'short' }, '400 validation_failed'],
      [{ ...ADA, email: 'ada' }, '400 validation_failed'],
      [{ ...ADA, username: 'a b' }, '400 validation_failed'],
      [{ ...ADA, username: 'ADA' }, '409 username_taken'],
    ] as const;
    for (const [body, code] of refused) expect(await codeOf(await setUp(server, body))).toBe(code);
    expect((await setUp(server, ADA)).status).toBe(201);
  });

  it('[TK7] makes one admin of several requests at once', async () => {
    const { server, get } = await startStage();
    const replies = await Promise.all(
      ['ada', 'ben', 'cid', 'dan'].map((name) => setUp(server, { ...ADA, email: `${name}@example.org` })),
    );
    const codes = await Promise.all(replies.map((reply) => (reply.ok ? reply.status : codeOf(reply))));
    expect(codes.sort()).toEqual([201, ...Array(3).fill('403 forbidden')]);
    expect((await get('/invites')).status).toBe(401);
  });

  it('[TK7] has another token at each start, and none once there is an admin', async () => {
    const first = await startStage();
    const DATABASE_PATH = first.server.config.databasePath;
    await first.server.drain();
    const second = await startServer({ DATABASE_PATH }, { clock: new FakeClock() });
    expect(second.setupToken).toMatch(/^[\w-]{43}$/);
    expect(second.setupToken).not.toBe(first.server.setupToken);
    expect(await codeOf(await setUp(second, { ...ADA, token: first.server.setupToken }))).toBe(
      '401 invalid_token',
    );
    expect((await setUp(second, ADA)).status).toBe(201);
    await second.close();
    const third = await startServer({ DATABASE_PATH });
    expect(third.setupToken).toBeUndefined();
    expect(await codeOf(await setUp(third, { ...ADA, token: second.setupToken }))).toBe('403 forbidden');
    await third.close();
  });

  it('[TK7] has a worthless token once there was an admin, even if that admin is gone', async () => {
    const clock = new FakeClock();
    const { server } = await startStage({}, { clock });
    const store = temporaryStore(server.config.databasePath);
    await registerAdmin(ADA, {
      credentials: store.credentials,
      passwords: cheapPasswords(),
      clock,
      ids: randomIds,
    });
    clock.advance(LOOK_MS);
    for (const id of store.admins.ids()) store.deletions.delete(id, { now: clock.now(), until: clock.now() });
    expect(store.admins.exist()).toBe(false);
    expect(await codeOf(await setUp(server, ADA))).toBe('401 invalid_token');
  });

  it('counts as a try to sign in, good or bad', async () => {
    const { server } = await startStage({ SIGN_INS_PER_MINUTE: '2' }, { clock: new FakeClock() });
    expect((await setUp(server, { ...ADA, password: 'short' })).status).toBe(400);
    for (const token of ['wrong', server.setupToken]) await setUp(server, { ...ADA, token });
    const refused = await setUp(server, ADA);
    expect(await codeOf(refused)).toBe('429 rate_limited');
    // One try comes back every 30 s; how much of that has passed is up to the machine.
    expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[12]\d|30)$/);
  });

  it('answers any body with a problem, and makes no admin of it', async () => {
    const { server } = await startStage();
    const odd = fc.oneof(fc.string(), fc.constant(null), fc.integer(), fc.constant([]), fc.jsonValue());
    const bodies = fc.record(
      { token: odd, email: odd, password: odd, username: odd, displayName: odd },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(bodies, fc.jsonValue()), async (body) => {
        const reply = await post(server, body);
        expect(['400 validation_failed', '401 invalid_token']).toContain(await codeOf(reply));
      }),
      { numRuns: 200 },
    );
    expect((await setUp(server, ADA)).status).toBe(201);
  });
});

/** The right token, unless the body has another. */
function setUp(server: TestServer, body: object): Promise<Response> {
  return post(server, { token: server.setupToken, ...body });
}

function post({ url }: TestServer, body: unknown): Promise<Response> {
  return fetch(`${url}/setup`, { method: 'POST', body: JSON.stringify(body) });
}

/** Status and code of a problem. */
async function codeOf(response: Response): Promise<string> {
  const { code, status } = v.parse(v.object({ code: v.string(), status: v.number() }), await response.json());
  expect(status).toBe(response.status);
  return `${status} ${code}`;
}
