import { describe, expect, it } from 'vitest';
import { exclusively } from '../../../src/client/account/exclusively.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeBrowser, type FakeTab } from '../support/tabs.ts';

const LEASE = 'parley.account.lock';

/** Lets everything run that waits for time, until `promise` has settled. */
async function inTime<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(150);
  }
  return promise;
}

/** A browser whose tabs note when they run. */
function open(hasLocks: boolean) {
  const clock = new FakeClock();
  const browser = new FakeBrowser({ clock, hasLocks });
  let running = 0;
  const log: string[] = [];
  const run = (tab: FakeTab, name: string) =>
    exclusively(tab, tab.storage, async () => {
      running += 1;
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      log.push(`${name} of ${running}`);
      running -= 1;
      return name;
    });
  return { browser, clock, log, run };
}

describe('requests that change the login', () => {
  it.each([
    ['locks', true],
    ['a lease in the storage', false],
  ])('run one at a time across tabs, by %s', async (_, hasLocks) => {
    const { browser, clock, log, run } = open(hasLocks);
    const names = ['a', 'b', 'c', 'd'];
    const done = await inTime(clock, Promise.all(names.map((name) => run(browser.open(), name))));
    expect(done).toEqual(names);
    expect(log.sort()).toEqual(['a of 1', 'b of 1', 'c of 1', 'd of 1']);
    expect([...browser.kept.keys()]).toEqual([]);
  });

  it('let the next one run if one fails', async () => {
    for (const hasLocks of [true, false]) {
      const { browser, clock, run } = open(hasLocks);
      const tab = browser.open();
      const failing = exclusively(tab, tab.storage, () => Promise.reject(new Error('no')));
      await expect(inTime(clock, failing)).rejects.toThrow('no');
      expect(await inTime(clock, run(tab, 'next'))).toBe('next');
    }
  });

  it('wait for the lease of another tab, and take that of one which has gone', async () => {
    const { browser, clock, run } = open(false);
    const start = clock.now();
    browser.kept.set(LEASE, `gone ${start + 20_000}`);
    expect(await inTime(clock, run(browser.open(), 'next'))).toBe('next');
    expect(clock.now() - start).toBeGreaterThan(20_000);
  });

  it.each(['garbage', 'gone NaN', `gone ${Number.MAX_SAFE_INTEGER}`, ''])(
    'don’t wait for a lease that can’t be one: %s',
    async (text) => {
      const { browser, clock, run } = open(false);
      const start = clock.now();
      browser.kept.set(LEASE, text);
      await inTime(clock, run(browser.open(), 'next'));
      expect(clock.now() - start).toBeLessThan(5_000);
    },
  );

  it('fail with timeout if the other tabs take more than 30 s', async () => {
    const { browser, clock, run } = open(false);
    const tab = browser.open();
    const storage = { ...tab.storage, getItem: () => `other ${clock.now() + 20_000}` };
    const waiting = exclusively(tab, storage, async () => 'ran');
    await expect(inTime(clock, waiting)).rejects.toMatchObject({ code: 'timeout' });
    expect(await inTime(clock, run(tab, 'next'))).toBe('next');
  });

  it('run all the same if the storage is forbidden, or there is none to share', async () => {
    const tab = new FakeBrowser({ hasLocks: false }).open();
    tab.forbid();
    expect(await exclusively(tab, tab.storage, async () => 'ran')).toBe('ran');
    expect(await exclusively(tab, undefined, async () => 'ran')).toBe('ran');
  });

  it('run by lease if the browser refuses its locks, and never twice', async () => {
    const { browser, clock } = open(true);
    const refusing = () => Promise.reject(new DOMException('sandboxed', 'SecurityError'));
    const tab: FakeTab = { ...browser.open(), locks: { request: refusing } };
    let runs = 0;
    const run = async () => {
      runs += 1;
      throw new DOMException('of the request', 'SecurityError');
    };
    await expect(inTime(clock, exclusively(tab, tab.storage, run))).rejects.toThrow('of the request');
    expect(runs).toBe(1);
    const locked = browser.open();
    await expect(exclusively(locked, locked.storage, run)).rejects.toThrow('of the request');
    expect(runs).toBe(2);
  });
});
