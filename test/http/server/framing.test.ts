import { describe, expect, it } from 'vitest';
import { HEAD_BYTES } from '../../../src/uws/load.ts';
import { startHttp } from './harness.ts';
import { raw, request } from './raw.ts';

const NEXT = request('GET /health');
const GUEST = 'POST /auth/guest';

describe('ambiguous framing', () => {
  const refused: readonly (readonly [what: string, bytes: string])[] = [
    ['two Content-Lengths that differ', request(GUEST, ['Content-Length: 2', 'Content-Length: 4'], '{}  ')],
    ['two Content-Lengths that agree', request(GUEST, ['Content-Length: 2', 'Content-Length: 2'], '{}')],
    [
      'a smuggled request behind Content-Length 0 and 44',
      request(GUEST, ['Content-Length: 0', 'Content-Length: 44']),
    ],
    ['an empty Content-Length, which uWS takes for 0', request(GUEST, ['Content-Length: '])],
    [
      'a Transfer-Encoding that is not chunked, which uWS takes for chunked',
      request(GUEST, ['Transfer-Encoding: xchunked'], '0\r\n\r\n'),
    ],
    [
      'two Transfer-Encodings',
      request(GUEST, ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'),
    ],
    ['an empty Host', 'GET /health HTTP/1.1\r\nHost: \r\n\r\n'],
    ['a GET with two Content-Lengths', request('GET /health', ['Content-Length: 0', 'Content-Length: 0'])],
    ['a path that is not there', request('GET /nothing', ['Content-Length: '])],
  ];
  for (const [what, bytes] of refused) {
    it(`[HT5] closes the connection without a reply at ${what}, and handles no pipelined bytes`, async () => {
      const { port, guests } = await startHttp();
      const client = await raw(port, bytes + NEXT);
      expect(await client.closed()).toBe('');
      expect(guests.size).toBe(0);
    });
  }

  const refusedByUws: readonly (readonly [what: string, status: number, bytes: string])[] = [
    [
      'Transfer-Encoding with Content-Length',
      400,
      request(GUEST, ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    ],
    ['no Host', 400, 'GET /health HTTP/1.1\r\n\r\n'],
    ['two Hosts', 400, request('GET /health', ['Host: other'])],
    ['a space before the colon', 400, request(GUEST, ['Transfer-Encoding : chunked'], '0\r\n\r\n')],
    ['a header that is folded over two lines', 400, request('GET /health', ['X: a', ' b'])],
    ['NUL in a header', 400, request('GET /health', ['X: a\0b'])],
    ['a head over 16 KiB in one header', 431, request('GET /health', [`X: ${'a'.repeat(HEAD_BYTES)}`])],
    [
      'a head over 16 KiB in many',
      431,
      request(
        'GET /health',
        Array.from({ length: 90 }, (_, i) => `X${i}: ${'a'.repeat(200)}`),
      ),
    ],
    ['a path over 16 KiB', 431, request(`GET /${'a'.repeat(HEAD_BYTES)}`)],
    [
      'more than 100 headers',
      431,
      request(
        'GET /health',
        Array.from({ length: 120 }, (_, i) => `X${i}: a`),
      ),
    ],
    ['HTTP/1.0', 505, 'GET /health HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['an address in the request line', 505, request('GET http://a/health')],
  ];
  for (const [what, status, bytes] of refusedByUws) {
    it(`[HT5] is answered by uWS with ${status} at ${what}, and no pipelined bytes are handled`, async () => {
      const { port } = await startHttp();
      const received = await (await raw(port, bytes + NEXT)).closed();
      expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    });
  }

  for (const length of ['2x', '+2', '2, 2', '-1', '0x2', '9'.repeat(30)]) {
    it(`[HT5] closes the connection at Content-Length "${length}", and handles no pipelined bytes`, async () => {
      const { port, guests } = await startHttp();
      const received = await (
        await raw(port, request(GUEST, [`Content-Length: ${length}`], '{}') + NEXT)
      ).closed();
      expect(received).not.toContain('200 OK');
      expect(guests.size).toBe(0);
    });
  }
});

describe('sound framing', () => {
  it('[HT5] accepts heads of up to 16 KiB, at once and in pieces', async () => {
    const { port } = await startHttp();
    const head = request('GET /health', ['X: ', 'Cookie: ']);
    const filled = head.replace('X: ', `X: ${'a'.repeat(HEAD_BYTES / 2)}`);
    const large = filled.replace('Cookie: ', `Cookie: ${'b'.repeat(HEAD_BYTES - filled.length)}`);
    expect(large).toHaveLength(HEAD_BYTES);
    expect(await (await raw(port, large)).until(/"ok"/)).toMatch(/^HTTP\/1\.1 200 /);
    const slow = await raw(port, large.slice(0, 9_000));
    slow.send(large.slice(9_000, 15_000));
    slow.send(large.slice(15_000));
    expect(await slow.until(/"ok"/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('reads a chunked body', async () => {
    const { port } = await startHttp();
    const body = '5\r\n{"use\r\n12\r\nrname": "ann_lee"}\r\n0\r\n\r\n';
    const client = await raw(port, request(GUEST, ['Transfer-Encoding: chunked'], body));
    expect(await client.until(/"expiresInSeconds":\d+}/)).toContain('"username":"ann_lee"');
  });

  it('closes the connection at a chunk without a length', async () => {
    const { port } = await startHttp();
    const client = await raw(port, request(GUEST, ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'));
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 400/);
  });

  it('answers pipelined requests in their order', async () => {
    const { port } = await startHttp();
    const client = await raw(port, request('GET /health') + request('GET /ready') + request('GET /nothing'));
    const received = await client.until(/not_found/);
    expect([...received.matchAll(/"status":"?(\w+)/g)].map(([, status]) => status)).toEqual([
      'ok',
      'ready',
      '404',
    ]);
  });

  it('is closed by uWS if a request is pipelined behind one that is still being answered', async () => {
    const { port } = await startHttp({ accounts: { verify: () => new Promise(() => {}) } });
    const client = await raw(port, request('GET /auth/me', ['Authorization: Bearer a.b.c']) + NEXT);
    expect(await client.closed()).toBe('');
  });

  it("ends a connection whose headers don't arrive, by the timeout of uWS", async () => {
    const { port } = await startHttp();
    const client = await raw(port, 'GET /health HTTP/1.1\r\nHost: a\r\n');
    const trickle = setInterval(() => client.send('X: a\r\n'), 1_000);
    expect(await client.closed(20_000).finally(() => clearInterval(trickle))).toBe('');
  });
});
