import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/lib/log.ts';
import { type Challenges, createChallenges } from '../../../src/tls/acme/challenges.ts';
import { CLOCK_MS, RETRY_MS, Renewal, TRY_MS } from '../../../src/tls/acme/renewal.ts';
import type { Certificate } from '../../../src/tls/certificate.ts';
import { attachHttpDoor } from '../../../src/tls/http-door.ts';
import { loadUws } from '../../../src/uws/load.ts';
import { temporaryStore } from '../../support/server/database.ts';
import { ImpatientClock } from '../../support/tls/impatient-clock.ts';
import { type Pebble, startPebble } from '../../support/tls/pebble.ts';

const DOMAIN = 'calls.example.org';
const HOUR_MS = 3_600_000;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

interface Setting {
  readonly directory: string;
  readonly fetch: typeof fetch;
  readonly httpPort?: number;
  /** Default: those that HTTP_PORT answers. */
  readonly challenges?: Challenges;
}

/** What renews, with HTTP_PORT and a database. */
function setUp({ directory, fetch, httpPort, challenges = createChallenges() }: Setting) {
  const clock = new ImpatientClock();
  const store = temporaryStore().certificates;
  const used: Certificate[] = [];
  const logged: string[] = [];
  const note = (message: string, fields: object = {}) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const answered = createChallenges();
  if (httpPort !== undefined) openDoor(httpPort, challenges ?? answered);
  const create = () => {
    const use = (certificate: Certificate) => void used.push(certificate);
    const renewal = new Renewal({ domain: DOMAIN, directory, challenges, store, fetch, clock, log, use });
    cleanups.push(() => renewal.close());
    return renewal;
  };
  return { clock, store, used, logged, create, renewal: create() };
}

function openDoor(httpPort: number, challenges: Challenges): void {
  const app = loadUws().App();
  attachHttpDoor(app, { challenges, origin: `https://${DOMAIN}`, port: () => 443 });
  app.listen('127.0.0.1', httpPort, 0, () => {});
  cleanups.push(() => void app.close());
}

const isRenewal = (ms: number) => ms > TRY_MS && ms < HOUR_MS;
const isRetry = (ms: number) => RETRY_MS.some((one) => one === ms);
const soon = { timeout: 30_000, interval: 50 };

describe('a certificate from a directory', () => {
  it('comes, fits its new key, is stored, and is renewed at two thirds of its life with another key', async () => {
    const pebble = await startPebble();
    const { clock, store, used, renewal, create } = setUp(pebble);
    await renewal.start(undefined);
    const wait = await clock.until(isRenewal);
    expect([wait > 28_000, wait <= 30_000]).toEqual([true, true]);
    const [first] = used;
    expect(first?.names).toEqual([DOMAIN]);
    await expectSignedBy(first, pebble);
    expect(await store.find(DOMAIN)).toEqual({
      domain: DOMAIN,
      directory: pebble.directory,
      chain: first?.cert,
      key: first?.key,
    });
    expect((await create().stored())?.cert, 'the next process has it').toBe(first?.cert);

    clock.end(wait);
    await expect.poll(() => used.length, soon).toBe(2);
    const [, second] = used;
    expect(second?.key).not.toBe(first?.key);
    await expectSignedBy(second, pebble);
    expect(renewal.lastError).toBeUndefined();
  });

  it('is not ordered again by the next process while it is young, but from another directory it is', async () => {
    const pebble = await startPebble({ validSeconds: 90 });
    const { clock, used, renewal, create, store } = setUp(pebble);
    await renewal.start(undefined);
    await clock.until(isRenewal);
    renewal.close();
    const next = create();
    await next.start(await next.stored());
    expect(clock.waits.filter(isRenewal).length).toBeGreaterThan(0);
    next.close();
    const row = await store.find(DOMAIN);
    if (row !== undefined) await store.save({ ...row, directory: 'https://other.example.org/dir' });
    const later = create();
    await later.start(await later.stored());
    await expect.poll(() => used.length, soon).toBe(2);
  });

  it('comes even if the directory refuses most nonces', async () => {
    const pebble = await startPebble({ environment: { PEBBLE_WFE_NONCEREJECT: '60' } });
    const { used, renewal } = setUp(pebble);
    await renewal.start(undefined);
    await expect.poll(() => used.length, soon).toBe(1);
  });

  it('comes again from a directory that has forgotten the account', async () => {
    const pebble = await startPebble();
    const { clock, store, used, logged, renewal } = setUp(pebble);
    await renewal.start(undefined);
    const wait = await clock.until(isRenewal);
    const account = await store.accountKey(pebble.directory);
    await pebble.restart();
    clock.end(wait);
    await expect.poll(() => used.length, soon).toBe(2);
    expect(logged.join('\n')).toContain('the directory had forgotten the account: registered anew');
    expect(await store.accountKey(pebble.directory)).toBe(account);
  });

  it('is tried for after 5 s, 15 s, 1 min, 5 min and then every hour while the directory is down', async () => {
    const pebble = await startPebble();
    const { clock, used, logged, renewal } = setUp(pebble);
    await pebble.stop();
    await renewal.start(undefined);
    for (const ms of [5_000, 15_000, 60_000, 300_000, HOUR_MS, HOUR_MS]) {
      await clock.until((found) => found === ms);
      clock.end(ms);
      await clock.until(isRetry);
    }
    expect(logged).toHaveLength(7);
    expect(new Set(logged.map((line) => line.replace(/,"againInSeconds.*/, '')))).toHaveProperty('size', 1);
    expect(logged[0]).toContain("can't be asked: it refuses connections (ECONNREFUSED)");
    expect(renewal.lastError).toContain('it refuses connections');
    await pebble.restart();
    renewal.retry();
    await expect.poll(() => used.length, soon).toBe(1);
    expect(renewal.lastError).toBeUndefined();
  });

  it('is refused, with the reason, if the name does not lead here', async () => {
    const pebble = await startPebble();
    const { clock, used, renewal } = setUp({
      ...pebble,
      challenges: { add: () => () => {}, answer: () => undefined },
    });
    await renewal.start(undefined);
    await clock.until((ms) => ms === RETRY_MS[0]);
    expect(used).toEqual([]);
    expect(renewal.lastError).toMatch(
      /couldn't check that calls\.example\.org is this machine: .*\(unauthorized\)/,
    );
    expect(renewal.lastError).toContain('Port 80 of calls.example.org must lead to HTTP_PORT.');
  });

  it('is refused if nothing answers where the directory looks', async () => {
    const { httpPort: _, ...pebble } = await startPebble();
    const { clock, renewal } = setUp(pebble);
    await renewal.start(undefined);
    await clock.until((ms) => ms === RETRY_MS[0]);
    expect(renewal.lastError).toMatch(/couldn't check .*connection refused.*\(connection\)/);
  });

  it('names the CA of a directory that this machine does not trust', async () => {
    const pebble = await startPebble();
    const { clock, renewal } = setUp({ ...pebble, fetch });
    await renewal.start(undefined);
    await clock.until((ms) => ms === RETRY_MS[0]);
    expect(renewal.lastError).toMatch(/doesn't trust the CA of its certificate .*NODE_EXTRA_CA_CERTS/);
  });

  it.each([
    ['ahead of', 86_400_000],
    ['behind', -86_400_000],
  ])(
    "is used although this machine's clock is far %s the directory's, which is named",
    async (word, aheadMs) => {
      const pebble = await startPebble();
      const { clock, used, logged, renewal } = setUp(pebble);
      clock.aheadMs = aheadMs;
      await renewal.start(undefined);
      // Neither at once nor in a day.
      const wait = await clock.until(isRenewal);
      expect([wait >= 29_000, wait <= 30_000]).toEqual([true, true]);
      expect(used).toHaveLength(1);
      expect(logged.join('\n')).toMatch(
        new RegExp(`clock is 86[34]\\d\\d s ${word} the directory's: set the clock`),
      );
      expect(renewal.lastError).toMatch(
        /The new certificate is valid from .* but this machine's clock says .*: set the clock/,
      );
    },
  );

  it('does not come if the failure may be due to a wrong clock, which is named too', async () => {
    const { httpPort: _, ...pebble } = await startPebble();
    const { clock, renewal } = setUp(pebble);
    clock.aheadMs = -10 * CLOCK_MS;
    await renewal.start(undefined);
    await clock.until((ms) => ms === RETRY_MS[0]);
    expect(renewal.lastError).toMatch(/connection refused.* This machine's clock is (299|300|301) s behind/);
  });

  it('is given up after 20 s at a directory that never answers', async () => {
    const connected: Socket[] = [];
    const server = createServer((socket) => void connected.push(socket)).listen(0, '127.0.0.1');
    cleanups.push(() => {
      for (const socket of connected) socket.destroy();
      server.close();
    });
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { clock, renewal } = setUp({ directory: `http://localhost:${port}/dir`, fetch });
    await renewal.start(undefined);
    await clock.until((ms) => ms === TRY_MS);
    await expect.poll(() => connected.length, soon).toBe(1);
    clock.end(TRY_MS);
    await clock.until((ms) => ms === RETRY_MS[0]);
    expect(renewal.lastError).toBe('The directory had 20 s, and still has to answer its first requests.');
  });

  it('is ordered once at a time, and no more once it is closed', async () => {
    const pebble = await startPebble();
    const { clock, used, logged, renewal } = setUp(pebble);
    await renewal.start(undefined);
    renewal.retry();
    const wait = await clock.until(isRenewal);
    renewal.retry();
    expect(used).toHaveLength(1);
    clock.end(wait);
    renewal.close();
    await expect.poll(() => clock.waits, soon).toEqual([]);
    expect(used).toHaveLength(1);
    expect(logged.filter((line) => line.startsWith('no certificate'))).toEqual([]);
  });
});

async function expectSignedBy(certificate: Certificate | undefined, pebble: Pebble): Promise<void> {
  const [own = '', issuer = ''] = certificate?.cert.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
  const root = new X509Certificate(await pebble.root());
  expect(new X509Certificate(own).verify(new X509Certificate(issuer).publicKey)).toBe(true);
  expect(new X509Certificate(issuer).verify(root.publicKey)).toBe(true);
}
