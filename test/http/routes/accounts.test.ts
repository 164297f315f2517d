import { describe, expect, it } from 'vitest';
import { REFRESH_GRACE_MS } from '../../../src/accounts/logins.ts';
import { startHttp } from '../server/harness.ts';

describe('accounts over HTTP', () => {
  it('creates a guest, tells it who it is, and renews its tokens', async () => {
    const { post, get } = await startHttp();
    const created = await post('/auth/guest', { username: 'ann_lee', displayName: 'Ann' });
    expect(created.status).toBe(201);
    const { user, accessToken, refreshToken } = await created.json();
    const me = await get('/auth/me', { authorization: `Bearer ${accessToken}` });
    expect([me.status, await me.json()]).toEqual([200, { user }]);
    expect(user).toMatchObject({ username: 'ann_lee', displayName: 'Ann', email: null, kind: 'guest' });
    const renewed = await post('/auth/refresh', { refreshToken });
    expect(renewed.status).toBe(200);
    expect((await renewed.json()).refreshToken).not.toBe(refreshToken);
  });

  it('[TK5] answers a refresh token used more than 30 s ago with 401, and ends its login', async () => {
    const { post, get, clock } = await startHttp();
    const { refreshToken } = await (await post('/auth/guest', {})).json();
    const { accessToken } = await (await post('/auth/refresh', { refreshToken })).json();
    expect((await post('/auth/refresh', { refreshToken })).status).toBe(200);
    clock.advance(REFRESH_GRACE_MS + 1);
    const reused = await post('/auth/refresh', { refreshToken });
    expect([reused.status, (await reused.json()).code]).toEqual([401, 'refresh_token_reused']);
    expect((await get('/auth/me', { authorization: `Bearer ${accessToken}` })).status).toBe(401);
  });

  it('stops accepting the access token at once after logout', async () => {
    const { post, get, guest, ended } = await startHttp();
    const { bearer } = await guest();
    const out = await post('/auth/logout', {}, bearer);
    expect([out.status, await out.text(), out.headers.has('content-length')]).toEqual([204, '', false]);
    expect((await get('/auth/me', bearer)).status).toBe(401);
    expect(ended).toHaveLength(1);
  });

  it('[TK2] publishes no key under a shared secret', async () => {
    const response = await (await startHttp()).get('/.well-known/jwks.json');
    expect(await response.json()).toEqual({ keys: [] });
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('limits new guests by network address: 429 with Retry-After, whatever X-Forwarded-For a stranger sends', async () => {
    const { post } = await startHttp({ guests: 2 });
    await post('/auth/guest', {});
    await post('/auth/guest', {}, { 'x-forwarded-for': '192.0.2.1' });
    const refused = await post('/auth/guest', {}, { 'x-forwarded-for': '192.0.2.2' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 });
    expect((await post('/auth/refresh', { refreshToken: 'x' })).status).toBe(401);
  });

  it('counts a guest before its body is parsed', async () => {
    const { post } = await startHttp({ guests: 2 });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await post('/auth/guest', '[[[[')).status);
    expect(statuses).toEqual([400, 400, 429]);
  });

  it('limits by the address that a trusted proxy forwards, IPv6 by its /64', async () => {
    const { post } = await startHttp({ guests: 1, proxies: [{ address: '127.0.0.1', prefix: 32 }] });
    const from = async (address: string) =>
      (await post('/auth/guest', {}, { 'x-forwarded-for': address })).status;
    expect(await from('192.0.2.1')).toBe(201);
    expect(await from('192.0.2.1')).toBe(429);
    expect(await from('192.0.2.2')).toBe(201);
    expect(await from('2001:db8::1')).toBe(201);
    expect(await from('2001:db8::ffff')).toBe(429);
  });
});
