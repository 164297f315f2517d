import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finishSignIn, restoreAccount, signInWithOidc } from '../../../src/client/index.ts';
import { USER } from '../signaling/wire.ts';
import { FakeBrowser } from '../support/tabs.ts';

let server: Server;
let baseUrl: string;
/** The codes that came to the server. */
let codes: string[];

beforeEach(async () => {
  codes = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { code } = JSON.parse(body);
    codes.push(code);
    const reply =
      code === 'good'
        ? {
            user: { ...USER, email: null, role: null },
            accessToken: 'a',
            refreshToken: 'r',
            expiresInSeconds: 900,
          }
        : { type: 't', title: 'T', status: 401, detail: 'Sign in again.', code: 'invalid_code' };
    response.writeHead(code === 'good' ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** Puts the code in a page at this address. Returns the addresses that it went to or showed. */
function visit(address: string): string[] {
  const { origin, pathname, search, hash } = new URL(address);
  const shown: string[] = [];
  const location = { origin, pathname, search, hash, assign: (url: URL) => void shown.push(String(url)) };
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', {
    state: { scroll: 7 },
    replaceState(state: unknown, _title: string, url: string) {
      expect(state).toEqual({ scroll: 7 });
      shown.push(url);
      location.hash = new URL(url, origin).hash;
    },
  });
  return shown;
}

describe('signing in by OpenID Connect', () => {
  it('goes to the server’s start, with the room to come back to', () => {
    const shown = visit('https://calls.example.org/');
    signInWithOidc();
    signInWithOidc({ roomId: 'a b' });
    signInWithOidc({ baseUrl: 'https://calls.example.com/', roomId: undefined });
    expect(shown).toEqual([
      'https://calls.example.org/auth/oidc/start',
      'https://calls.example.org/auth/oidc/start?room=a+b',
      'https://calls.example.com/auth/oidc/start',
    ]);
  });

  it('needs a page', () => {
    expect(() => signInWithOidc({ baseUrl: 'https://calls.example.org' })).toThrow(TypeError);
  });

  it('is finished with the code of the address, once, and stores the account', async () => {
    const shown = visit('https://calls.example.org/connect/7?lang=en#code=good');
    const { storage } = new FakeBrowser().open();
    const [account, again] = await Promise.all([
      finishSignIn({ baseUrl, storage }),
      finishSignIn({ baseUrl, storage }),
    ]);
    expect(account?.user.id).toBe(USER.id);
    expect(again).toBeNull();
    expect(shown).toEqual(['/connect/7?lang=en']);
    expect(codes).toEqual(['good']);
    expect(restoreAccount({ baseUrl, storage })?.user.id).toBe(USER.id);
  });

  it.each([
    ['', null],
    ['#', null],
    ['#section', null],
    ['#token=abc', null],
    ['#mycode=abc&decode=1', null],
  ])('has nothing to finish at %j, and leaves the address alone', async (hash) => {
    const shown = visit(`https://calls.example.org/${hash}`);
    expect(await finishSignIn({ baseUrl })).toBeNull();
    expect([shown, codes]).toEqual([[], []]);
  });

  it('has nothing to finish outside a page', async () => {
    expect(await finishSignIn()).toBeNull();
  });

  it.each([
    ['#error=access_denied', 'access_denied', '/'],
    ['#error=sign_in_expired', 'sign_in_expired', '/'],
    ['#error=provider_failed', 'provider_failed', '/'],
    ['#error=of_a_later_server', 'provider_failed', '/'],
    ['#a=1&error=access_denied&b=%zz', 'access_denied', '/#a=1&b=%zz'],
    ['#code=used', 'invalid_code', '/'],
    ['#code=%zz', 'invalid_code', '/'],
  ])('fails at %s with %s, and keeps the rest of the address', async (hash, code, rest) => {
    const shown = visit(`https://calls.example.org/${hash}`);
    await expect(finishSignIn({ baseUrl })).rejects.toMatchObject({ name: 'ParleyClientError', code });
    expect(shown).toEqual([rest]);
    expect(await finishSignIn({ baseUrl })).toBeNull();
  });
});
