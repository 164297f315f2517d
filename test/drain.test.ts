import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CLOSING_MS, DRAIN_MS, DRAIN_NOTICE_MS, drain, MIN_NOTICE_MS, SNAPSHOT_MS } from '../src/drain.ts';
import { createLog, silentLog } from '../src/lib/log.ts';
import type { Overrides } from '../src/server.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import { FakeClock } from './support/fakes/clock.ts';
import { signIn } from './support/server/api.ts';
import { NO_CHAT } from './support/server/chat.ts';
import { temporaryDatabase } from './support/server/database.ts';
import { freePort } from './support/server/process.ts';
import { startServer } from './support/server/server.ts';
import { connectRaw } from './support/server/ws-client.ts';

/** Advances the clock until a promise is settled. */
async function settle<T>(promise: Promise<T>, clock: FakeClock): Promise<T> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  while (!settled) {
    await new Promise(setImmediate);
    clock.advance(10);
  }
  return promise;
}

/** Code that passes a gate waits until the test opens it. */
function gate() {
  let [reach, open] = [(): void => {}, (): void => {}];
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pass = (): Promise<void> => {
    reach();
    return opened;
  };
  return { reached, open, pass };
}

/** A server with `slices` slices of sessions to save, each of which takes `sliceMs`. */
function running(slices: number, sliceMs: number, sessions = 0) {
  const clock = new FakeClock();
  const written: string[] = [];
  const order: string[] = [];
  const closedAt: number[] = [];
  const deps = {
    clock,
    log: silentLog,
    startDraining: () => order.push('ready'),
    stopListening: () => order.push('listener'),
    chat: NO_CHAT,
    endings: { settle: () => void order.push('notices') },
    gateway: {
      drain: () => order.push('upgrades'),
      stats: () => ({ connections: 0, received: 0, refused: new Map(), waiting: 0 }),
    },
    restarts: { expectedMs: () => 0, ending: () => Promise.resolve() },
    hub: {
      stats: () => ({ live: sessions }),
      drain: () => order.push('word'),
      *slices() {
        closedAt.push(clock.monotonic());
        for (let slice = 0; slice < slices; slice += 1) {
          clock.stall(sliceMs);
          yield [`session ${slice}`];
        }
      },
    },
    store: {
      isLocked: () => false,
      sessions: {
        write: (_version: number, _savedAt: number, rows: readonly string[]) => void written.push(...rows),
        append: (rows: readonly string[]) => {
          if (written.length === 0) order.push('snapshot');
          written.push(...rows);
        },
      },
    },
  };
  return { deps, clock, written, order, closedAt };
}

describe('drain', () => {
  it('[SE8] takes its steps in order, and saves all sessions if there is time', async () => {
    const { deps, clock, written, order } = running(5, 20);
    await settle(drain(deps), clock);
    expect(written).toHaveLength(5);
    expect(order).toEqual(['ready', 'upgrades', 'word', 'notices', 'snapshot', 'listener']);
  });

  it.each([
    [1, 1_000],
    [5_000, 500],
    [10_000, MIN_NOTICE_MS],
    [20_000, MIN_NOTICE_MS],
  ])(
    '[SE8] closes the first of %i sessions after %d ms, and its listener not before a second',
    async (sessions, closeMs) => {
      const { deps, clock, closedAt } = running(5, 20, sessions);
      let endedAt = 0;
      deps.stopListening = () => {
        endedAt = clock.monotonic();
        return 0;
      };
      await settle(drain(deps), clock);
      expect(closedAt).toEqual([closeMs]);
      expect(endedAt).toBeGreaterThanOrEqual(DRAIN_NOTICE_MS);
    },
  );

  it('[SE8] ends in time with what is saved by then, if there is too much', async () => {
    const { deps, clock, written, order } = running(1_000_000, 30);
    await settle(drain(deps), clock);
    expect(written.length).toBeGreaterThan(50);
    expect(written.length).toBeLessThanOrEqual(SNAPSHOT_MS / 30 + 1);
    expect(order.at(-1)).toBe('listener');
    expect(clock.monotonic()).toBeLessThan(DRAIN_MS - 500);
    expect(DRAIN_NOTICE_MS + SNAPSHOT_MS + CLOSING_MS).toBeLessThan(DRAIN_MS - 500);
  });

  it('[SE8] lets timers and connections run between two slices', async () => {
    const { deps, clock, written } = running(20, 20);
    const turns: number[] = [];
    const look = (): void => {
      turns.push(written.length);
      if (written.length < 20) setImmediate(look);
    };
    setImmediate(look);
    await settle(drain(deps), clock);
    expect(new Set(turns).size).toBeGreaterThan(15);
  });

  it('[SE8] ends even if nothing can be saved', async () => {
    const { deps, clock, order } = running(3, 10);
    const full = (): never => {
      throw new Error('the disk is full');
    };
    await settle(
      drain({ ...deps, store: { ...deps.store, sessions: { write: full, append: full } } }),
      clock,
    );
    expect(order.at(-1)).toBe('listener');
  });
});

describe('a start after a drain', () => {
  it('[SE8] restores the sessions of the build before', async () => {
    const file = join(import.meta.dirname, 'signaling/life/fixtures/snapshot-v2.json');
    const { schemaVersion, rows } = v.parse(
      v.pipe(v.string(), v.parseJson(), v.object({ schemaVersion: v.number(), rows: v.array(v.string()) })),
      readFileSync(file, 'utf8'),
    );
    const path = temporaryDatabase();
    const store = openStore(path);
    store.sessions.write(schemaVersion, Date.now(), rows);
    store.close();
    const lines: string[] = [];
    const log = createLog({ level: 'info', now: Date.now, write: (line) => lines.push(line) });
    const server = await startServer({ DATABASE_PATH: path }, { log });
    await server.close();
    expect(lines.join('')).toContain('"message":"sessions wait to be resumed","sessions":5');
  });

  it('[SE8] restores the sessions before anybody can connect, even if the store answers late', async () => {
    const path = temporaryDatabase();
    const before = await startServer({ DATABASE_PATH: path });
    const { accessToken: token } = await signIn(before.url);
    const ann = connectRaw({ wsUrl: before.wsUrl, token });
    const { payload: welcome } = await ann.welcome;
    await before.drain();

    const port = await freePort();
    const [reading, clearing] = [gate(), gate()];
    const lateStore: Required<Overrides>['openStore'] = (...args) => {
      const store = openStore(...args);
      const { sessions } = store;
      const read = () => reading.pass().then(() => sessions.read());
      const clear = () => clearing.pass().then(() => sessions.clear());
      return { ...store, sessions: { ...sessions, read, clear } };
    };
    const starting = startServer({ DATABASE_PATH: path, PORT: `${port}` }, { openStore: lateStore });
    await reading.reached;
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    reading.open();
    await clearing.reached;
    const resume = { token: welcome.resumeToken, lastSeq: ann.lastSeq };
    const back = connectRaw({ wsUrl: `ws://127.0.0.1:${port}`, token, resume });
    expect((await back.welcome).payload).toMatchObject({ resumed: true, peerId: welcome.peerId });
    clearing.open();
    await (await starting).close();
  });
});
