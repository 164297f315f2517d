import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { KeysReply, RotateKeysReply } from '../../src/protocol/admin-bodies.ts';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { api, signIn } from '../support/server/api.ts';
import { startAdmins } from './admins.ts';
import { startStage } from './stage.ts';

const RETIRED_MS = 930_000;

describe('/admin/keys', () => {
  it('[AD6] signs with a new key at once, and tokens of the one before go on', async () => {
    const { server, ask, keys, rotate, get } = await start();
    const [first, ...others] = await keys();
    expect(others).toEqual([]);
    expect(first).toEqual({
      kid: expect.any(String),
      algorithm: 'ES256',
      createdAt: expect.any(String),
      retiredAt: null,
    });
    const before = (await signIn(server.url)).accessToken;
    const made = await rotate();
    const after = (await signIn(server.url)).accessToken;
    expect([kidOf(before), kidOf(after)]).toEqual([first?.kid, made.kid]);
    for (const token of [before, after]) expect((await get('/auth/me', token)).status).toBe(200);
    expect(await keys()).toMatchObject([{ kid: first?.kid, retiredAt: made.createdAt }, made]);
    const published = await (await ask('GET', '/.well-known/jwks.json')).json();
    expect(published.keys.map(({ kid }: { kid: string }) => kid)).toEqual([first?.kid, made.kid]);
    expect(JSON.stringify(await keys())).not.toContain('"d"');
  });

  it('[AD6] has one key in use if several admins rotate at once', async () => {
    const { keys, rotate, server } = await start();
    const made = await Promise.all([rotate(), rotate(), rotate()]);
    const all = await keys();
    expect(all).toHaveLength(4);
    const inUse = all.filter(({ retiredAt }) => retiredAt === null).map(({ kid }) => kid);
    expect(inUse).toHaveLength(1);
    expect(made.map(({ kid }) => kid)).toContain(inUse[0]);
    expect(kidOf((await signIn(server.url)).accessToken)).toBe(inUse[0]);
  });

  it('[AD6] forgets keys that verify nothing any more, and refuses more than 100 that do', async () => {
    const clock = new FakeClock(Date.now());
    const { keys, rotate, ask, refresh } = await start(clock);
    for (let n = 1; n < 100; n += 1) await rotate();
    expect(await keys()).toHaveLength(100);
    const refused = await Promise.all([ask('POST', '/admin/keys'), ask('POST', '/admin/keys')]);
    for (const response of refused) {
      expect([response.status, (await response.json()).code]).toEqual([409, 'limit_reached']);
    }
    clock.advance(RETIRED_MS);
    await refresh();
    expect(await keys()).toHaveLength(1);
    await rotate();
    expect(await keys()).toHaveLength(2);
  });

  it('[AD6] has no keys under a shared secret, and says so', async () => {
    const { act } = await startAdmins();
    expect(await act('GET', '/admin/keys')).toEqual([200, { items: [], nextCursor: null }]);
    expect(await act('POST', '/admin/keys')).toEqual([409, 'shared_secret']);
    expect(await act('GET', '/admin/keys?after=x')).toEqual([400, 'validation_failed']);
  });
});

/** A server that signs with keys of its own, and its admin. */
async function start(clock?: FakeClock) {
  const stage = await startStage({}, clock === undefined ? {} : { clock });
  const { url, setupToken: token } = stage.server;
  const body = { token, email: 'ada@example.org', password: 'correct horse' };
  let { accessToken, refreshToken } = await api(url, '/setup', { reply: TokensReply, body });
  const ask = (method: string, path: string) =>
    fetch(url + path, { method, headers: { Authorization: `Bearer ${accessToken}` } });
  return {
    ...stage,
    ask,
    keys: async () => v.parse(KeysReply, await (await ask('GET', '/admin/keys')).json()).items,
    rotate: async () => v.parse(RotateKeysReply, await (await ask('POST', '/admin/keys')).json()).key,
    async refresh() {
      ({ accessToken, refreshToken } = await api(url, '/auth/refresh', {
        reply: TokensReply,
        body: { refreshToken },
      }));
    },
  };
}

function kidOf(token: string): string {
  const head = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return v.parse(v.object({ kid: v.string() }), head).kid;
}
