import { describe, expect, it } from 'vitest';
import { TESTS_PER_MINUTE } from '../../../src/http/routes/ice-servers.ts';
import { startHttp } from '../server/harness.ts';

describe('GET /ice-servers', () => {
  it('gives each caller its own credentials, and says when they expire', async () => {
    const { get, guest, url } = await startHttp();
    const { bearer, id } = await guest();
    expect(await (await get('/ice-servers', bearer)).json()).toEqual({
      iceServers: [{ urls: `turn:${new URL(url).host}`, username: id, credential: 'secret' }],
      expiresAt: '2026-01-01T01:00:00.000Z',
    });
    expect((await get('/ice-servers')).status).toBe(401);
  });

  it('tells a date even if nothing expires', async () => {
    const { get, guest } = await startHttp({
      iceServers: () => ({ iceServers: [], expiresAt: Number.POSITIVE_INFINITY }),
    });
    const reply = await (await get('/ice-servers', (await guest()).bearer)).json();
    expect(reply).toEqual({ iceServers: [], expiresAt: '9999-12-31T23:59:59.000Z' });
  });

  it('with for=test gives anybody credentials of a minute, whatever token comes along', async () => {
    const { get, url, clock } = await startHttp();
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }]) {
      expect(await (await get('/ice-servers?for=test', headers)).json()).toEqual({
        iceServers: [{ urls: `turn:${new URL(url).host}`, username: 'test', credential: 'secret' }],
        expiresAt: new Date(clock.now() + 60_000).toISOString(),
      });
    }
  });

  it('[HT3] is as before with any other `for`: 401 to strangers, 400 to users', async () => {
    const { get, guest } = await startHttp();
    for (const query of ['for=call', 'for=', 'for=TEST', 'fortest', 'for=call&for=test']) {
      expect((await get(`/ice-servers?${query}`)).status).toBe(401);
    }
    const refused = await get('/ice-servers?for=call', (await guest()).bearer);
    expect([refused.status, (await refused.json()).errors]).toEqual([
      400,
      [{ path: 'for', message: 'must be `test`, if it is there' }],
    ]);
  });

  it('[HT2] with for=test takes TESTS_PER_MINUTE per network address, then 429 with Retry-After', async () => {
    const { get, clock } = await startHttp({ resolveAddress: (_, forwarded) => forwarded });
    const ask = (address: string) => get('/ice-servers?for=test', { 'x-forwarded-for': address });
    for (let count = 0; count < TESTS_PER_MINUTE; count++) expect((await ask('192.0.2.1')).status).toBe(200);
    const refused = await ask('192.0.2.1');
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      429,
      '6',
      {
        code: 'rate_limited',
        detail: 'Too many tests of the relay from your network. Wait 6 s and try again.',
        retryAfterMs: 6_000,
      },
    ]);
    expect((await ask('192.0.2.2')).status).toBe(200);
    clock.advance(6_000);
    expect([(await ask('192.0.2.1')).status, (await ask('192.0.2.1')).status]).toEqual([200, 429]);
  });
});
