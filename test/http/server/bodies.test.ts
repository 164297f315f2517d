import { describe, expect, it } from 'vitest';
import { BODIES_BYTES, BODY_BYTES, createBodyBuffer, createBudget } from '../../../src/http/server/body.ts';
import { REFUSED_BODY_BYTES, REFUSED_BODY_MS } from '../../../src/http/server/exchange.ts';
import { JSON_LEVELS, UNAUTHENTICATED_MS } from '../../../src/protocol/limits.ts';
import { startHttp } from './harness.ts';
import { raw, request } from './raw.ts';

/** Number of timers of accounts and rooms. */
const PENDING_AT_REST = 4;
const GUEST = 'POST /auth/guest';

describe('a request body', () => {
  it(`[HT5] of exactly ${BODY_BYTES} bytes is read`, async () => {
    const { post } = await startHttp();
    const body = JSON.stringify({ username: 'ann', ignored: '' });
    const response = await post(
      '/auth/guest',
      body.replace('""', `"${'a'.repeat(BODY_BYTES - body.length)}"`),
    );
    expect(response.status).toBe(201);
  });

  it('[HT5] announced as larger is refused with 413 before any of it comes, and the connection ends', async () => {
    const { port, clock } = await startHttp();
    const client = await raw(port, request(GUEST, [`Content-Length: ${BODY_BYTES + 1}`]));
    await expect.poll(() => clock.pending).toBe(PENDING_AT_REST + 1);
    clock.advance(REFUSED_BODY_MS);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\nConnection: close\r\n[\s\S]*too_large/);
    expect(clock.pending).toBe(PENDING_AT_REST);
  });

  it('[HT5] that grows too large in chunks is refused with 413 while it is read', async () => {
    const { port } = await startHttp();
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const client = await raw(port, request(GUEST, ['Transfer-Encoding: chunked'], chunk.repeat(5)));
    client.send('0\r\n\r\n');
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 [\s\S]*too_large/);
  });

  it('[HT5] that is refused reaches fetch as 413, though it is still being sent', async () => {
    const { post } = await startHttp();
    const response = await post('/auth/guest', ' '.repeat(512 * 1024));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'too_large' });
  });

  it(`is read for at most ${REFUSED_BODY_BYTES} bytes after its refusal`, async () => {
    const { port } = await startHttp();
    const client = await raw(port, request(GUEST, ['Content-Length: 100000000']));
    client.send(' '.repeat(REFUSED_BODY_BYTES + 1));
    await client.closed();
  });

  it(`that isn't complete after ${UNAUTHENTICATED_MS} ms is refused with 408`, async () => {
    const { port, clock, logged } = await startHttp();
    const client = await raw(port, request(GUEST, ['Content-Length: 2', 'Expect: 100-continue'], '{'));
    await client.until(/100 Continue/);
    clock.advance(UNAUTHENTICATED_MS - 1);
    expect(clock.pending).toBe(PENDING_AT_REST + 1);
    clock.advance(1);
    expect(await client.closed()).toMatch(/HTTP\/1\.1 408 Request Timeout[\s\S]*request_timeout/);
    expect(logged.join()).not.toContain('error');
  });

  it('that arrives byte by byte is read', async () => {
    const { port } = await startHttp();
    const client = await raw(port, request(GUEST, ['Content-Length: 20']));
    for (const letter of '{"username":"annie"}') client.send(letter);
    expect(await client.until(/expiresInSeconds/)).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('that the client cuts short leaves no timer and no bytes behind', async () => {
    const { port, clock, get } = await startHttp();
    const client = await raw(port, request(GUEST, ['Content-Length: 20', 'Expect: 100-continue'], '{"user'));
    await client.until(/100 Continue/);
    client.destroy();
    await expect.poll(() => clock.pending).toBe(PENDING_AT_REST);
    expect((await get('/health')).status).toBe(200);
  });

  const notJson: readonly (readonly [what: string, body: string | Blob])[] = [
    ['cut off', '{"username": "ann"'],
    ['followed by more', '{} {}'],
    ['text', 'username=ann'],
    ['not UTF-8', new Blob([new Uint8Array([0x22, 0xff, 0x22])])],
    ['a lone NUL', '\0'],
  ];
  for (const [what, body] of notJson) {
    it(`[HT5] that is ${what} is refused as invalid_json`, async () => {
      const { url } = await startHttp();
      const response = await fetch(`${url}/auth/guest`, { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'invalid_json', status: 400 });
    });
  }

  it('[HT2] that is deep JSON is refused by its fields, and the server lives', async () => {
    const { post, get } = await startHttp();
    const response = await post('/auth/guest', '['.repeat(32_000) + ']'.repeat(32_000));
    expect(await response.json()).toMatchObject({ code: 'validation_failed' });
    expect((await get('/health')).status).toBe(200);
  });

  it(`[HT2] may nest ${JSON_LEVELS} levels, and is refused with 400 one level deeper`, async () => {
    const { post } = await startHttp();
    const nested = (levels: number): string =>
      `{"ignored":${'{"a":['.repeat(Math.floor((levels - 1) / 2))}${levels % 2 === 0 ? '[]' : '"[[["'}${']}'.repeat(Math.floor((levels - 1) / 2))}}`;
    expect((await post('/auth/guest', nested(JSON_LEVELS))).status).toBe(201);
    const refused = await post('/auth/guest', nested(JSON_LEVELS + 1));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: '', message: `must be nested at most ${JSON_LEVELS} levels deep` }],
    });
  });

  it('[HT2] that nests too deep is refused before it is parsed, even if it is cut off', async () => {
    const { post } = await startHttp();
    for (const brackets of ['[', '{"a":', '[{"b":']) {
      const response = await post('/auth/guest', brackets.repeat(9_000));
      expect(await response.json()).toMatchObject({ status: 400, code: 'validation_failed' });
    }
  });

  it('counts as a new guest before it is parsed, whatever its content', async () => {
    const { post } = await startHttp({ guests: 3 });
    for (const body of ['['.repeat(60_000), '{"username":"', 'x']) {
      expect((await post('/auth/guest', body)).status).toBe(400);
    }
    for (const body of ['['.repeat(60_000), 'x', '{}']) {
      const refused = await post('/auth/guest', body);
      expect([refused.status, (await refused.json()).code]).toEqual([429, 'rate_limited']);
    }
  });

  it('[HT2] with wrong fields is refused with the path and the reason of each', async () => {
    const { post } = await startHttp();
    const response = await post('/auth/guest', { username: 'x', displayName: ' ' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      type: 'urn:parley:problem:validation_failed',
      title: 'The request has fields that are missing or wrong',
      status: 400,
      detail: expect.stringContaining('`username` must be 3 to 32'),
      code: 'validation_failed',
      errors: [
        { path: 'username', message: expect.stringContaining('must be 3 to 32') },
        { path: 'displayName', message: 'must not be empty' },
      ],
    });
  });

  it('with `__proto__` as a field changes nothing', async () => {
    const { post } = await startHttp();
    const response = await post('/auth/guest', '{"__proto__": {"username": "x", "kind": "admin"}}');
    expect(response.status).toBe(201);
    expect((await response.json()).user).toMatchObject({ username: null, kind: 'guest' });
    expect(Object.hasOwn(Object.prototype, 'kind')).toBe(false);
  });

  it('that is empty counts as an empty object', async () => {
    const { url } = await startHttp();
    expect((await fetch(`${url}/auth/guest`, { method: 'POST' })).status).toBe(201);
  });

  it('that is compressed is refused with 415', async () => {
    const { post } = await startHttp();
    const response = await post('/auth/guest', {}, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' });
  });
});

describe('bodies in all', () => {
  it(`hold at most ${BODIES_BYTES} bytes: the next one is refused until one is released`, () => {
    const budget = createBudget();
    const full = Array.from({ length: BODIES_BYTES / BODY_BYTES }, () => createBodyBuffer(budget));
    for (const buffer of full) buffer.add(new ArrayBuffer(BODY_BYTES));
    const next = createBodyBuffer(budget);
    expect(() => next.add(new ArrayBuffer(1))).toThrow(expect.objectContaining({ code: 'unavailable' }));
    full[0]?.release();
    full[0]?.release();
    next.add(new ArrayBuffer(BODY_BYTES));
    expect(next.bytes()).toHaveLength(BODY_BYTES);
    expect(() => full[0]?.add(new ArrayBuffer(1))).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it('take the memory of what was sent, whatever was announced and however it was cut', () => {
    let held = 0;
    const buffer = createBodyBuffer({
      take(bytes) {
        held += bytes;
        return true;
      },
      give(bytes) {
        held -= bytes;
      },
    });
    for (let byte = 0; byte < 3_000; byte += 1) buffer.add(new Uint8Array([byte]).buffer);
    expect(held).toBe(4_096);
    expect(buffer.bytes()).toEqual(Buffer.from(Array.from({ length: 3_000 }, (_, byte) => byte)));
    buffer.release();
    expect(held).toBe(0);
  });
});
