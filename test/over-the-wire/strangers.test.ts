import { expect, it } from 'vitest';
import { raw, request } from '../http/server/raw.ts';
import { startStage } from './stage.ts';

/** Milliseconds: the 10 s that a stranger has, and the time that uWS needs to notice. */
const ENOUGH_MS = 25_000;
const GUEST = 'POST /auth/guest';
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

it('a connection without a token ends after little more than 10 s', async () => {
  const stage = await startStage();
  const idle = [
    ['nothing', ''],
    ['half of a request', 'GET /health HT'],
    ['half of an upgrade', request('GET /ws', UPGRADE).slice(0, -2)],
    ['half of a body', request(GUEST, ['Content-Length: 100'], '{')],
    ['one request and no other', request('GET /health')],
    ['an upgrade without a token', request('GET /ws', UPGRADE)],
  ] as const;
  const ended = idle.map(async ([what, bytes]) => {
    const client = await raw(stage.server.port, bytes);
    return [what, await client.closed(ENOUGH_MS)] as const;
  });
  const answers = new Map(await Promise.all(ended));
  expect(answers.get('nothing')).toBe('');
  expect(answers.get('half of an upgrade')).not.toContain('HTTP/1.1 101');
  // By our deadline or uWS's, whichever comes first.
  expect(answers.get('half of a body')).toMatch(/^$|^HTTP\/1\.1 408 /);
  expect(answers.get('an upgrade without a token')).toContain('unauthorized');
  expect((await stage.get('/health')).status).toBe(200);
});

it.each([
  ['a wrong method', request('DELETE /auth/guest'), /^HTTP\/1\.1 405 [\s\S]*\r\nallow: .*POST/i],
  ['a body that is announced as huge', request(GUEST, ['Content-Length: 65537']), /^HTTP\/1\.1 413 /],
  [
    'a body that is no JSON',
    request(GUEST, ['Content-Length: 3'], '{a}'),
    /^HTTP\/1\.1 400 [\s\S]*invalid_json/,
  ],
  ['wrong fields', request(GUEST, ['Content-Length: 14'], '{"username":1}'), /^HTTP\/1\.1 400 [\s\S]*"path"/],
  ['an unknown path', request('GET /__proto__'), /^HTTP\/1\.1 404 [\s\S]*not_found/],
  ['a path out of the static files', request('GET /assets/..%2f..%2fpackage.json'), /^HTTP\/1\.1 40[04] /],
  ['another such path', request('GET /../../package.json'), /^HTTP\/1\.1 40[04] /],
  ['and another', request('GET /%2e%2e/%2e%2e/etc/passwd'), /^HTTP\/1\.1 40[04] /],
  ['a path with NUL', request('GET /client.js%00.html'), /^HTTP\/1\.1 40[04] /],
])('[HT2][HT5] the whole server answers %s with its error', async (_, bytes, answer) => {
  const { server } = await startStage();
  const client = await raw(server.port, bytes);
  const received = await client.until(/\r\n\r\n[\s\S]*\}\s*$/);
  expect(received).toMatch(answer);
  expect(received).toContain('application/problem+json');
  expect(received).not.toMatch(/node_modules|\.ts:\d+|"name": "parley"|root:/);
  client.destroy();
});

it('[HT5] a repeated Content-Length closes the connection, on /ws too, and no pipelined bytes are handled', async () => {
  const { server } = await startStage();
  const behind = request(GUEST, ['Content-Length: 2'], '{}');
  const twice = ['Content-Length: 0', 'Content-Length: 2'];
  for (const first of [request(GUEST, twice), request('GET /ws', [...UPGRADE, ...twice])]) {
    const client = await raw(server.port, first + behind);
    expect(await client.closed()).toBe('');
  }
});
