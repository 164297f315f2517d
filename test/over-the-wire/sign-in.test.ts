import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeResetToken } from '../../src/accounts/resets.ts';
import { DELAY_STEP_MS } from '../../src/accounts/wrong-passwords.ts';
import type { Environment } from '../../src/config/config.ts';
import { randomIds } from '../../src/domain/ids.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { createPasswords } from '../../src/lib/passwords.ts';
import type { Overrides } from '../../src/server.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords, SECRET } from '../support/server/accounts.ts';
import { until } from '../support/until.ts';
import { startStage } from './stage.ts';

const PASSWORD = 'correct horse';
const ANN = { email: 'Ann@Example.org', password: PASSWORD };
const NEXT = 'battery staple';

/** A server whose password hashes cost almost nothing, where Ann is registered. */
async function start(environment: Environment = {}, overrides: Overrides = {}) {
  const stage = await startStage(environment, { passwords: cheapPasswords(), ...overrides });
  const { server } = stage;
  const post = async (path: string, body: unknown, token?: string, address?: string) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(address !== undefined && { 'X-Forwarded-For': address }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const login = (body: object, address?: string) => post('/auth/login', body, undefined, address);
  const ann = (await post('/auth/register', ANN)).body;
  return { ...stage, post, login, ann };
}

/** Tells when an answer is delayed by the first step. */
class DelayClock extends FakeClock {
  #delays = 0;

  override after(ms: number, run: () => void): () => void {
    if (ms === DELAY_STEP_MS) this.#delays += 1;
    return super.after(ms, run);
  }

  async delayed(): Promise<void> {
    await until(() => this.#delays > 0);
    this.#delays = 0;
  }
}

describe('signing in with a password', () => {
  it('[AC1] takes the e-mail address in any case, and begins a login of its own', async () => {
    const { login, post, ann } = await start();
    const { status, body } = await login({ email: ' aNN@eXAMPLE.org ', password: PASSWORD });
    expect([status, body.user]).toEqual([200, ann.user]);
    await post('/auth/logout', {}, ann.accessToken);
    expect((await post('/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
  });

  it('[AC2] refuses an unknown address and a wrong password with the same words', async () => {
    const { login } = await start();
    const wrong = await login({ ...ANN, password: 'wrong' });
    const unknown = await login({ ...ANN, email: 'nobody@example.org' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    expect(unknown).toEqual(wrong);
  });

  it('[AC3] doesn’t look at a token', async () => {
    const { post } = await start();
    expect((await post('/auth/login', ANN, 'not.a.token')).status).toBe(200);
  });

  it('[AC2] counts every well-formed try, good or bad, per network: register and login together', async () => {
    const proxies = { TRUSTED_PROXIES: '127.0.0.1', SIGN_INS_PER_MINUTE: '5' };
    const { login, post } = await start(proxies, { clock: new FakeClock(Date.now()) });
    const home = '192.0.2.1';
    // Not well-formed, or not a try.
    for (const body of ['{', '[]', '{}', { email: 'no', password: 'x' }]) {
      for (const path of ['/auth/login', '/auth/register']) {
        expect((await post(path, body, undefined, home)).status).toBe(400);
      }
    }
    await post('/auth/guest', {}, undefined, home);
    expect((await login(ANN, home)).status).toBe(200);
    expect((await login({ ...ANN, password: 'wrong' }, home)).status).toBe(401);
    expect((await post('/auth/register', ANN, undefined, home)).status).toBe(409);
    expect((await login({ ...ANN, email: 'nobody@example.org' }, home)).status).toBe(401);
    expect((await login(ANN, home)).status).toBe(200);
    for (const path of ['/auth/login', '/auth/register']) {
      const { status, body } = await post(path, ANN, undefined, home);
      expect([status, body.code, body.retryAfterMs]).toEqual([429, 'rate_limited', 12_000]);
    }
    expect((await login(ANN, '192.0.2.2')).status).toBe(200);
  });

  it('[AC2] after ten wrong passwords answers later, right and wrong, and refuses nobody', async () => {
    const clock = new DelayClock(Date.now());
    const { login, post, ann } = await start({ TRUSTED_PROXIES: '127.0.0.1' }, { clock });
    for (const email of [ANN.email, 'nobody@example.org']) {
      for (let n = 0; n < 10; n += 1) {
        expect((await login({ email, password: 'wrong' }, `192.0.2.${n}`)).status).toBe(401);
      }
      let isAnswered = false;
      const answer = login({ email, password: PASSWORD }, '198.51.100.1').finally(() => {
        isAnswered = true;
      });
      await clock.delayed();
      expect(isAnswered).toBe(false);
      clock.advance(500);
      expect((await answer).status).toBe(email === ANN.email ? 200 : 401);
    }
    // Changing the password asks for the same one.
    const change = post('/auth/password', { current: PASSWORD, new: NEXT }, ann.accessToken);
    await clock.delayed();
    clock.advance(500);
    expect((await change).status).toBe(204);
  });
});

describe('changing the password', () => {
  it('ends every other login with its sessions, and keeps the one that asks', async () => {
    const { login, post, ann, bearer } = await start();
    const other = (await login(ANN)).body;
    const session = await bearer(ann.user.id, other.accessToken).connect();
    const own = await bearer(ann.user.id, ann.accessToken).connect();
    const reply = await post('/auth/password', { current: PASSWORD, new: NEXT }, ann.accessToken);
    expect(reply).toEqual({ status: 204, body: {} });
    expect((await session.closed).code).toBe(4001);
    expect((await own.request('ping')).event).toBe('pong');
    expect((await post('/auth/refresh', { refreshToken: other.refreshToken })).body.code).toBe(
      'unauthorized',
    );
    expect((await post('/auth/refresh', { refreshToken: ann.refreshToken })).status).toBe(200);
    expect((await login(ANN)).status).toBe(401);
    expect((await login({ ...ANN, password: NEXT })).status).toBe(200);
  });

  it('is refused with a wrong one, or for an account without one, and changes nothing', async () => {
    const { login, post, ann } = await start();
    const wrong = await post('/auth/password', { current: 'wrong', new: NEXT }, ann.accessToken);
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password']);
    const weak = await post('/auth/password', { current: PASSWORD, new: 'short' }, ann.accessToken);
    expect([weak.status, weak.body.errors]).toEqual([400, [expect.objectContaining({ path: 'new' })]]);
    const guest = (await post('/auth/guest', {})).body;
    const without = await post('/auth/password', { current: 'x', new: NEXT }, guest.accessToken);
    expect([without.status, without.body.code]).toEqual([403, 'forbidden']);
    expect((await login(ANN)).status).toBe(200);
  });

  it('twice at once happens once', async () => {
    const { login, post, ann } = await start();
    const nexts = ['battery staple 1', 'battery staple 2'];
    const change = (next: string) =>
      post('/auth/password', { current: PASSWORD, new: next }, ann.accessToken);
    const replies = await Promise.all(nexts.map(change));
    expect(replies.map(({ body, status }) => body.code ?? status).sort()).toEqual([204, 'wrong_password']);
    const logins = await Promise.all(nexts.map((password) => login({ ...ANN, password })));
    expect(logins.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});

describe('a flood of wrong passwords', () => {
  it('keeps nobody out of a room with a password, nor out of another account', async () => {
    const passwords = createPasswords({ cost: { ln: 13, r: 8, p: 1 }, atOnce: 1 });
    const { login, post, room, person } = await start({ JWT_SECRET: SECRET }, { passwords });
    await post('/auth/register', { email: 'bob@example.org', password: PASSWORD });
    const roomId = await room({ password: 'open sesame' });
    const ben = await person();
    const flood = Array.from({ length: 100 }, (_, n) => login({ ...ANN, password: `guess ${n}` }));
    const [entered, signedIn] = await Promise.all([
      ben.request('room:join', { roomId, password: 'open sesame' }),
      login({ email: 'bob@example.org', password: PASSWORD }),
    ]);
    expect(entered.event).toBe('room:joined');
    expect(signedIn.status).toBe(200);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });
});

it('no password, token or e-mail address is in a log line at any level, and no password or token in the database', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', now: Date.now, write: (line) => lines.push(line) });
  const { server, login, post, ann } = await start({ JWT_SECRET: SECRET }, { log });
  const guest = (await post('/auth/guest', {})).body;
  const signedIn = (await login(ANN)).body;
  const upgraded = (await post('/auth/register', { email: 'bob@x.org', password: NEXT }, guest.accessToken))
    .body;
  for (const path of ['/auth/login', '/auth/register', '/auth/password']) {
    for (const body of [ANN, { ...ANN, password: 7 }, `{"email":"${ANN.email}","password":"${PASSWORD}`]) {
      await post(path, body, path === '/auth/password' ? guest.accessToken : undefined);
      await post(path, body, `${signedIn.accessToken}x`);
    }
  }
  await login({ ...ANN, password: 'a wrong password' });
  await post('/auth/password', { current: 'a wrong password', new: PASSWORD }, guest.accessToken);
  await post('/auth/password', { current: NEXT, new: 'a third password' }, guest.accessToken);
  await post('/auth/refresh', { refreshToken: ann.refreshToken });
  const token = server.setupToken ?? '';
  const setUp = { token, email: 'root@x.org', password: NEXT };
  for (const body of [{ ...setUp, email: 7 }, JSON.stringify(setUp).slice(0, -1)]) await post('/setup', body);
  const admin = (await post('/setup', setUp)).body;
  const { url } = (await post('/invites', {}, admin.accessToken)).body;
  const beside = openStore(server.config.databasePath);
  const clocked = { resetLinks: beside.resetLinks, clock: systemClock, ids: randomIds };
  const reset = await makeResetToken(upgraded.user.id, clocked);
  beside.close();
  for (const password of [7, 'a fourth password', 'a fourth password']) {
    await post('/auth/reset', { token: reset, password });
  }
  const secrets = [token, reset, new URL(url).searchParams.get('invite') ?? ''];
  for (const secret of secrets) expect(secret).toHaveLength(43);
  const replies = [ann, guest, signedIn, upgraded, admin];
  const tokens = replies
    .flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])
    .concat(secrets);
  const passwords = [PASSWORD, NEXT, 'a wrong password', 'a third password', 'a fourth password'];
  const database = server.config.databasePath;
  await server.drain();
  const text = lines.join('\n');
  expect(text).not.toBe('');
  for (const secret of [
    ...passwords,
    ...tokens,
    ANN.email,
    ANN.email.toLowerCase(),
    'bob@x.org',
    'root@x.org',
  ]) {
    expect(text).not.toContain(secret);
  }
  const stored = readFileSync(database);
  expect(stored.includes(ANN.email)).toBe(true);
  for (const secret of [...passwords, ...tokens]) expect(stored.includes(secret)).toBe(false);
});
