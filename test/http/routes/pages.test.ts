import { describe, expect, it } from 'vitest';
import { folderTree } from '../../../src/lib/own-files.ts';
import type { Peer } from '../../../src/protocol/fields.ts';
import { WRONG_PASSWORDS_PER_MINUTE } from '../../../src/rooms/room-passwords.ts';
import { builtSite, startHttp } from '../server/harness.ts';
import { raw, request } from '../server/raw.ts';

const NOWHERE = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const JSON_ONLY = { accept: 'application/json' };
/** The pages of the admins' console. */
const CONSOLE = [
  ...['/admin', '/admin/rooms', '/admin/users', `/admin/users/${NOWHERE}`, '/admin/invitations'],
  ...['/admin/webhooks', '/admin/limits', '/admin/keys'],
];
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the page', () => {
  it('[HT7] is shown at /, for accounts, and at the link of a call, with a strict policy', async () => {
    const { get, port, makeRoom } = await start();
    const { roomId } = await makeRoom();
    const people = ['/sign-in', '/register', '/account', '/setup', '/reset', '/test'];
    for (const path of ['/', ...people, ...CONSOLE, `/connect/${roomId}`]) {
      const response = await get(path, BROWSER);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('<title>Parley</title>');
      expect(response.headers.get('permissions-policy')).toBe(
        'camera=(self), microphone=(self), display-capture=(self)',
      );
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          `connect-src 'self' ws://127.0.0.1:${port}`,
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ]),
      );
    }
  });

  it('is at the address of a console’s list for browsers alone: programs get the list', async () => {
    const { get } = await startHttp();
    for (const path of ['/admin/rooms', '/admin/webhooks', '/admin/limits', '/admin/keys']) {
      for (const accept of ['*/*', 'application/json', 'text/plain']) {
        const response = await get(path, { accept });
        expect([response.status, response.headers.get('content-type')]).toEqual([
          401,
          'application/problem+json',
        ]);
      }
    }
  });

  it('tells its script who may register, come as a guest and create rooms, at all its addresses', async () => {
    const page = '<!doctype html><html lang="en"><head><title>Parley</title></head></html>';
    const { get, makeRoom } = await start({
      dist: folderTree(builtSite({ 'web/index.html': page })),
      pageSettings: { registration: 'invite', guests: false, roomCreation: 'users', embedOrigins: [] },
    });
    const { roomId } = await makeRoom();
    for (const path of [
      '/',
      '/sign-in',
      '/register',
      '/account',
      '/setup',
      '/reset',
      '/test',
      `/connect/${roomId}`,
    ]) {
      expect(await (await get(path, BROWSER)).text()).toContain(
        '<html data-registration="invite" data-guests="off" data-room-creation="users" lang="en">',
      );
    }
  });

  it('tells its script the name of the OpenID provider, if there is one', async () => {
    const { get } = await startHttp({
      dist: folderTree(builtSite({ 'web/index.html': '<!doctype html><html><title>Parley</title></html>' })),
      pageSettings: {
        registration: 'open',
        guests: true,
        roomCreation: 'everyone',
        embedOrigins: [],
        oidcName: 'R&D "$1"',
      },
    });
    expect(await (await get('/', BROWSER)).text()).toContain(' data-oidc-name="R&amp;D &quot;$1&quot;">');
  });

  it('[HT7] opens the home page and the link of a call to EMBED_ORIGINS, and no other page', async () => {
    const embedOrigins = ['https://example.org', 'https://*.example.org'];
    const { get, makeRoom } = await start({
      dist: folderTree(
        builtSite({
          'web/index.html': '<!doctype html><html><title>Parley</title></html>',
          'docs/index.html': 'The handbook',
        }),
      ),
      pageSettings: { registration: 'open', guests: true, roomCreation: 'everyone', embedOrigins },
    });
    const { roomId } = await makeRoom();
    const ancestors = async (path: string) => {
      const policy = (await get(path, BROWSER)).headers.get('content-security-policy') ?? '';
      return policy.split('; ').find((directive) => directive.startsWith('frame-ancestors'));
    };
    for (const path of ['/', `/connect/${roomId}`]) {
      expect(await ancestors(path)).toBe('frame-ancestors https://example.org https://*.example.org');
    }
    const others = ['/sign-in', '/register', '/account', '/setup', '/reset', '/test', '/docs', '/nothing'];
    for (const path of [...others, ...CONSOLE]) {
      expect(await ancestors(path)).toBe("frame-ancestors 'none'");
    }
    expect(await (await get('/', BROWSER)).text()).toContain(
      ' data-embed-origins="https://example.org https://*.example.org"',
    );
  });

  it('allows WebSockets to the host of PUBLIC_URL', async () => {
    const { get } = await startHttp({ publicUrl: 'https://call.example.org/parley' });
    const policy = (await get('/', BROWSER)).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' wss://call.example.org;");
  });

  it('redirects a link to a missing room to the home page', async () => {
    const { get } = await startHttp();
    const response = await get(`/connect/${NOWHERE}`, BROWSER);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/']);
  });

  it('redirects a malformed link to the home page, with nothing of it in the header', async () => {
    const { get } = await startHttp();
    for (const id of ['a%0d%0aSet-Cookie:%20b', '%2f%2fevil.example', '%22%3E%3Cscript%3E']) {
      expect((await get(`/connect/${id}`, BROWSER)).headers.get('location')).toBe('/');
    }
  });
});

describe('a link to a call', () => {
  const askers: readonly (readonly [who: string, headers: Record<string, string>])[] = [
    ['a browser', BROWSER],
    ['a previewer that takes all', { accept: '*/*' }],
    ['one that names nothing', { accept: '' }],
    ['one that names images', { accept: 'image/*, text/*' }],
    ['a browser that likes both alike', { accept: 'text/html, application/json' }],
    ['a previewer with a token', { accept: '*/*', authorization: 'Bearer a.b.c' }],
  ];
  for (const [who, headers] of askers) {
    it(`shows the page, by GET and by HEAD, to ${who}`, async () => {
      const { get, url, makeRoom } = await start();
      const { roomId } = await makeRoom({ name: 'Tea' });
      const response = await get(`/connect/${roomId}`, headers);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      const text = await response.text();
      expect(text).toContain('<meta property="og:title" content="Tea" />');
      expect(text).toContain(`<meta property="og:url" content="${url}/connect/${roomId}" />`);
      const head = await fetch(`${url}/connect/${roomId}`, { method: 'HEAD', headers });
      expect([head.status, head.headers.get('content-length')]).toEqual([
        200,
        String(Buffer.byteLength(text)),
      ]);
      const again = { ...headers, 'if-none-match': response.headers.get('etag') ?? '' };
      expect((await get(`/connect/${roomId}`, again)).status).toBe(304);
    });
  }

  const bent: readonly (readonly [what: string, bend: (id: string) => string])[] = [
    ['a slash at the end', (id) => `/connect/${id}/`],
    ['several', (id) => `/connect/${id}///`],
    ['doubled slashes', (id) => `//connect//${id}`],
    ['upper case', (id) => `/connect/${id.toUpperCase()}`],
    ['all of it', (id) => `//connect/${id.toUpperCase()}//`],
  ];
  for (const [what, bend] of bent) {
    it(`that was bent on its way redirects to the straight one: ${what}`, async () => {
      const { port, makeRoom } = await start();
      const { roomId } = await makeRoom();
      for (const method of ['GET', 'HEAD']) {
        for (const accept of [BROWSER.accept, '*/*', 'application/json']) {
          const client = await raw(
            port,
            request(`${method} ${bend(roomId)}?a=b&c=%20`, [`Accept: ${accept}`]),
          );
          const received = await client.until(/\r\n\r\n/);
          expect(received).toMatch(/^HTTP\/1\.1 301 /);
          expect(received).toContain(`\r\nLocation: /connect/${roomId}?a=b&c=%20\r\n`);
          client.destroy();
        }
      }
    });
  }

  it('never redirects to another server', async () => {
    const { port } = await start();
    for (const path of [
      '//evil.example/',
      '//evil.example//',
      '/\\evil.example/',
      '//connect//evil.example/',
    ]) {
      const client = await raw(port, request(`GET ${path}`, ['Accept: text/html']));
      const received = await client.until(/\r\n\r\n/);
      const location = /\r\nLocation: (.*)\r\n/.exec(received)?.[1] ?? '/';
      expect(new URL(location, 'http://here').origin).toBe('http://here');
      client.destroy();
    }
  });

  it('shows any name as text', async () => {
    const { get, makeRoom } = await start();
    const name = `</title><script src="//x"></script> "R&D" 'é' $& $1`;
    const { roomId } = await makeRoom({ name });
    const text = await (await get(`/connect/${roomId}`, BROWSER)).text();
    expect(text).toContain(
      'content="&lt;/title&gt;&lt;script src=&quot;//x&quot;&gt;&lt;/script&gt; &quot;R&amp;D&quot; &#39;é&#39; $&amp; $1" />',
    );
    expect(text).not.toContain('<script src="//x"');
  });

  it('[RM4] tells no name of a call that needs more than the link, nor who is inside', async () => {
    const { get, makeRoom, rooms } = await start();
    const locked = await makeRoom({ name: 'Secret plans' });
    await rooms.setLocked(locked.roomId, true);
    const closed = await makeRoom({ name: 'Secret plans', password: 'correct horse' });
    for (const { roomId } of [locked, closed]) {
      const text = await (await get(`/connect/${roomId}`, { accept: '*/*' })).text();
      expect(text).toContain('<meta property="og:title" content="Join the call" />');
      expect(text).not.toMatch(/Secret|horse|Ann/);
    }
  });
});

describe('an unknown path', () => {
  it('[HT5] shows browsers a page with a way home, with the same policy', async () => {
    const { get } = await startHttp();
    for (const path of ['/nothing', '/connect', '/assets/nothing.css/', '/rooms/a/b', `/call/${NOWHERE}`]) {
      const response = await get(path, BROWSER);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        404,
        'text/html; charset=utf-8',
      ]);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      const text = await response.text();
      expect(text).toContain('There is nothing at this address');
      expect(text).toContain('<a href="/">');
      expect(text).not.toContain(path);
    }
    const russian = await get('/nothing', { ...BROWSER, 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.8' });
    expect(await russian.text()).toContain('<html lang="ru">');
  });

  it('[HT2] is answered to all others with a problem', async () => {
    const { get, post } = await startHttp();
    for (const accept of ['*/*', 'application/json', 'text/html;q=0.5, application/json']) {
      expect((await (await get('/nothing', { accept })).json()).code).toBe('not_found');
    }
    expect((await (await post('/nothing', {}, BROWSER)).json()).code).toBe('not_found');
  });
});

describe('GET /connect/:roomId as JSON', () => {
  it('tells those who could join all that they need', async () => {
    const { get, makeRoom, url, guest } = await start();
    const { roomId, room } = await makeRoom();
    const { bearer, id } = await guest();
    for (const accept of [
      'application/json',
      'application/json, */*;q=0.1',
      'text/html;q=0.5, application/json',
    ]) {
      const response = await get(`/connect/${roomId}`, { accept, ...bearer });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        room: { ...room, participants: 1 },
        wsUrl: `${url.replace('http', 'ws')}/ws/rooms/${roomId}`,
        iceServers: [{ urls: `turn:${new URL(url).host}`, username: id, credential: 'secret' }],
        peers: [PEER],
      });
    }
  });

  it('needs a token and a room', async () => {
    const { get, guest } = await startHttp();
    expect((await get(`/connect/${NOWHERE}`, JSON_ONLY)).status).toBe(401);
    for (const id of [NOWHERE, 'x', '__proto__']) {
      const missing = await get(`/connect/${id}`, { ...JSON_ONLY, ...(await guest()).bearer });
      expect([missing.status, (await missing.json()).code]).toEqual([404, 'room_not_found']);
    }
  });

  it('[RM4] tells who is inside only to those who know the password', async () => {
    const { get, makeRoom, guest } = await start();
    const { roomId } = await makeRoom({ password: 'correct horse' });
    const { bearer } = await guest();
    const ask = async (headers: Record<string, string>) => {
      const response = await get(`/connect/${roomId}`, { ...JSON_ONLY, ...bearer, ...headers });
      return { status: response.status, text: await response.text() };
    };
    const without = await ask({});
    expect([without.status, JSON.parse(without.text).code]).toEqual([403, 'password_required']);
    const wrong = await ask({ 'x-room-password': 'wrong horse' });
    expect([wrong.status, JSON.parse(wrong.text).code]).toEqual([403, 'wrong_password']);
    for (const { text } of [without, wrong]) expect(text).not.toContain(PEER.peerId);
    const right = await ask({ 'x-room-password': 'correct horse' });
    expect([right.status, JSON.parse(right.text).peers]).toEqual([200, [PEER]]);
  });

  const passwords: readonly (readonly [password: string, header: string])[] = [
    ['пароль 密码', encodeURIComponent('пароль 密码')],
    ['Größe 100%', encodeURIComponent('Größe 100%')],
    // UTF-8 bytes: fetch sends each character of a header as one byte.
    ['Größe 100%', Buffer.from('Größe 100%').toString('latin1')],
    ['50%25 off!', encodeURIComponent('50%25 off!')],
    ['50%25 off!', '50%25 off!'],
    ['100% mine', '100% mine'],
  ];
  for (const [password, header] of passwords) {
    it(`opens a room with the password ${password} in X-Room-Password as ${JSON.stringify(header)}`, async () => {
      const { get, makeRoom, guest } = await start();
      const { roomId } = await makeRoom({ password });
      const { bearer } = await guest();
      const ask = (value: string) =>
        get(`/connect/${roomId}`, { ...JSON_ONLY, ...bearer, 'x-room-password': value });
      expect((await ask(header)).status).toBe(200);
      expect((await (await ask(`${header}x`)).json()).code).toBe('wrong_password');
    });
  }

  it('tells how to encode X-Room-Password if its bytes were lost on the way', async () => {
    const { get, makeRoom, guest } = await start();
    const { roomId } = await makeRoom({ password: 'пароль 密码' });
    const { bearer } = await guest();
    for (const lost of [Buffer.from('пароль 密码').toString('latin1'), 'Größe']) {
      const headers = { ...JSON_ONLY, ...bearer, 'x-room-password': lost };
      const { status, errors } = await (await get(`/connect/${roomId}`, headers)).json();
      expect([status, errors[0].path]).toEqual([400, 'X-Room-Password']);
    }
  });

  it('[RM7] limits wrong passwords', async () => {
    const { get, makeRoom, guest } = await start();
    const { roomId } = await makeRoom({ password: 'correct horse' });
    const { bearer } = await guest();
    const guess = () =>
      get(`/connect/${roomId}`, { ...JSON_ONLY, ...bearer, 'x-room-password': 'wrong horse' });
    for (let n = 0; n < WRONG_PASSWORDS_PER_MINUTE; n += 1) expect((await guess()).status).toBe(403);
    const refused = await guess();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6']);
  });
});

const PEER: Peer = {
  peerId: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5b',
  userId: 'ann',
  username: null,
  displayName: 'Ann',
  userInfo: null,
  media: { audio: true, video: true, screen: false },
  state: 'live',
  polite: true,
  host: false,
  send: ['audio'],
  hand: null,
};

async function start(options: Parameters<typeof startHttp>[0] = {}) {
  const server = await startHttp(options);
  const makeRoom = async (fields: object = {}) => {
    const { bearer } = await server.guest();
    const { room } = await (await server.post('/rooms', fields, bearer)).json();
    server.inside.set(room.id, [PEER]);
    return { roomId: room.id, room };
  };
  return { ...server, makeRoom };
}
