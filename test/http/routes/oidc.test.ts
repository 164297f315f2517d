import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STARTS_PER_MINUTE } from '../../../src/accounts/oidc/oidc.ts';
import { startProvider, type TestProvider } from '../../support/oidc/provider.ts';
import { startHttp } from '../server/harness.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const LOCAL = [{ address: '127.0.0.1', prefix: 32 }];
const HTTPS = { 'x-forwarded-proto': 'https' };

let provider: TestProvider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.goDown());

/** The HTTP part with this provider, or with one that nobody runs. */
function start(issuer = provider.issuer, over: Parameters<typeof startHttp>[0] = {}) {
  return startHttp({
    oidc: { issuer, clientId: 'parley', clientSecret: 'secret', adminClaim: undefined },
    ...over,
  });
}

describe('sign-in at an OpenID provider, over HTTP', () => {
  it('binds the flow to a cookie that no other host can set, over https', async () => {
    const { get, url } = await start(undefined, { proxies: LOCAL });
    const started = await get('/auth/oidc/start', HTTPS);
    expect(started.headers.get('set-cookie')).toMatch(
      /^__Host-parley-oidc=[\w-]{43}; Path=\/; Max-Age=660; HttpOnly; SameSite=Lax; Secure$/,
    );
    const { searchParams } = new URL(started.headers.get('location') ?? '');
    expect(searchParams.get('redirect_uri')).toBe(`${url.replace('http', 'https')}/auth/oidc/callback`);
    expect(started.headers.get('cache-control')).toBe('no-store');
  });

  it('sends the browser back to PUBLIC_URL', async () => {
    const { get } = await start(undefined, { publicUrl: 'https://call.example.org' });
    const { searchParams } = new URL((await get('/auth/oidc/start')).headers.get('location') ?? '');
    expect(searchParams.get('redirect_uri')).toBe('https://call.example.org/auth/oidc/callback');
  });

  it('keeps a browser’s cookie, and replaces one that it did not make', async () => {
    const { get } = await start();
    const own = 'a'.repeat(43);
    const again = await get('/auth/oidc/start', { cookie: `theme=dark; parley-oidc=${own}` });
    expect(again.headers.get('set-cookie')).toContain(`parley-oidc=${own};`);
    const odd = await get('/auth/oidc/start', { cookie: 'parley-oidc=short; x=y' });
    expect(odd.headers.get('set-cookie')).toMatch(/^parley-oidc=[\w-]{43};/);
    expect(odd.headers.get('set-cookie')).not.toContain('short');
  });

  it.each(['x', 'https://evil.example', '//evil.example', `${ROOM}x`, `${ROOM}&room=${ROOM}`])(
    'refuses room=%s, so that nobody is sent elsewhere',
    async (room) => {
      const { get } = await start();
      const refused = await get(`/auth/oidc/start?room=${room}`);
      expect(refused.status).toBe(400);
      expect((await refused.json()).errors).toMatchObject([{ path: 'room' }]);
    },
  );

  it('answers 503 while the provider is down, and works once it is up', async () => {
    const late = await startProvider();
    await late.goDown();
    const { get, logged } = await start(late.issuer);
    const down = await get('/auth/oidc/start');
    expect([down.status, (await down.json()).code]).toEqual([503, 'unavailable']);
    expect(logged.join('')).toContain('"reason":"ECONNREFUSED"');
    await late.comeUp();
    expect((await get('/auth/oidc/start')).status).toBe(302);
    await late.goDown();
    expect((await get('/auth/oidc/start')).status).toBe(503);
  });

  it('shows a person a page with a way back while the provider is down, in their language', async () => {
    const { get } = await start('http://localhost:1');
    const page = await get(`/auth/oidc/start?room=${ROOM}`, BROWSER);
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain(`href="/auth/oidc/start?room=${ROOM}"`);
    expect(text).toContain(`href="/connect/${ROOM}"`);
    const russian = await get('/auth/oidc/start', { ...BROWSER, 'accept-language': 'ru' });
    expect(await russian.text()).toContain('Войти сейчас не получится');
  });

  it('limits how many sign-ins one network begins, before the provider is asked', async () => {
    const { get } = await start('http://localhost:1');
    for (let n = 0; n < STARTS_PER_MINUTE; n += 1) expect((await get('/auth/oidc/start')).status).toBe(503);
    const refused = await get('/auth/oidc/start');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  });
});
