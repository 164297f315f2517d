import { describe, expect, it } from 'vitest';
import {
  CERTIFICATES,
  Certificates,
  HELD_CERTIFICATES,
  STORE_MS,
} from '../../../../src/client/call/privacy/certificates.ts';
import type { KeyStore } from '../../../../src/client/call/privacy/key-store.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';
import { MemoryKeys } from './memory-keys.ts';

const DAY_MS = 24 * 3_600_000;
const ANN = { baseUrl: 'https://calls.example', userId: 'ann', place: 'room 1' };
const BROKEN: KeyStore = {
  get: () => Promise.reject(new Error('SecurityError')),
  change: () => Promise.reject(new Error('SecurityError')),
};
const SILENT: KeyStore = { get: () => new Promise(() => {}), change: () => new Promise(() => {}) };

function browser(store: KeyStore = new MemoryKeys(), clock = new FakeClock()) {
  let made = 0;
  const generate = async ({ expires }: { expires: number }): Promise<RTCCertificate> => {
    made += 1;
    return { expires: clock.now() + expires, getFingerprints: () => [] };
  };
  /** A page: what one holds in memory, another doesn't know. */
  const page = () => new Certificates({ clock, store, generate });
  return { clock, page, made: () => made };
}

describe('a certificate', () => {
  it('is the same for the same person in the same place, on every visit', async () => {
    const { page } = browser();
    const first = await page().load(ANN);
    expect(await page().load({ ...ANN })).toBe(first);
  });

  it.each([
    ['person', { userId: 'bob' }],
    ['place', { place: 'room 2' }],
    ['server', { baseUrl: 'https://other.example' }],
  ])('is another one for another %s', async (_, change) => {
    const { page } = browser();
    const certificates = page();
    const first = await certificates.load(ANN);
    expect(await certificates.load({ ...ANN, ...change })).not.toBe(first);
  });

  it('is kept for a year, less the time that a call may last', async () => {
    const { clock, page } = browser();
    const first = await page().load(ANN);
    clock.jump(362 * DAY_MS);
    expect(await page().load(ANN)).toBe(first);
    clock.jump(2 * DAY_MS);
    expect(await page().load(ANN)).not.toBe(first);
  });

  it('is loaded once in a page, whoever asks', async () => {
    const { page, made } = browser();
    const certificates = page();
    const [lobby, call] = await Promise.all([certificates.load(ANN), certificates.load(ANN)]);
    expect(call).toBe(lobby);
    expect(made()).toBe(1);
  });

  it('is the one that was kept first if two tabs make one at once', async () => {
    const { page } = browser();
    const [one, other] = await Promise.all([page().load(ANN), page().load(ANN)]);
    expect(one).toBe(other);
  });

  it('is a fresh one, the same until the page goes, if the store refuses', async () => {
    const { page } = browser(BROKEN);
    const certificates = page();
    const first = await certificates.load(ANN);
    expect(first).toBeDefined();
    expect(await certificates.load(ANN)).toBe(first);
  });

  it('is a fresh one if the store never answers', async () => {
    const { clock, page } = browser(SILENT);
    const loading = page().load(ANN);
    clock.advance(STORE_MS);
    expect(await loading).toBeDefined();
    expect(clock.pending).toBe(0);
  });

  it('is a fresh one if something else is kept in its place', async () => {
    const store = new MemoryKeys();
    const { page } = browser(store);
    await page().load(ANN);
    for (const [key, kept] of store.shelf('certificates')) {
      store.shelf('certificates').set(key, { ...kept, value: 'nonsense' });
    }
    expect(await page().load(ANN)).toHaveProperty('expires');
  });

  it('is left to the browser if it can make none, or fails to', async () => {
    const clock = new FakeClock();
    for (const generate of [undefined, () => Promise.reject(new Error('NotSupportedError'))]) {
      const certificates = new Certificates({ clock, store: new MemoryKeys(), generate });
      expect(await certificates.load(ANN)).toBeUndefined();
    }
  });
});

describe('bounds', () => {
  it('of the store: the certificate that was used longest ago goes first', async () => {
    const store = new MemoryKeys();
    const { clock, page } = browser(store);
    for (let room = 0; room <= CERTIFICATES.max; room += 1) {
      clock.jump(1);
      await page().load({ ...ANN, place: `room ${room}` });
    }
    const kept = [...store.shelf('certificates').keys()];
    expect(kept).toHaveLength(CERTIFICATES.max);
    expect(kept.some((key) => key.endsWith('room 0'))).toBe(false);
  });

  it('of a page: the certificate that was asked for longest ago is loaded anew', async () => {
    const { page, made } = browser(BROKEN);
    const certificates = page();
    const first = await certificates.load(ANN);
    for (let room = 2; room <= HELD_CERTIFICATES + 1; room += 1)
      await certificates.load({ ...ANN, place: `room ${room}` });
    expect(await certificates.load(ANN)).not.toBe(first);
    expect(made()).toBe(HELD_CERTIFICATES + 2);
  });
});
