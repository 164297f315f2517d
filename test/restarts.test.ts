import { describe, expect, it } from 'vitest';
import { silentLog } from '../src/lib/log.ts';
import { Restarts } from '../src/restarts.ts';
import { FakeClock } from './support/fakes/clock.ts';

/** A machine whose database outlives its processes. */
function machine() {
  const stored = new Map<string, string>();
  const settings = {
    read: (name: string) => stored.get(name),
    write: (name: string, value: string) => void stored.set(name, value),
  };
  let now = Date.parse('2026-11-28T09:00:00Z');
  /** Starts a process, which takes so long until it listens. @param cpuMs of these, CPU time */
  async function start(startMs: number, restored = 0, cpuMs = startMs) {
    const clock = new FakeClock(now);
    const restarts = new Restarts({ settings, cpuMs: () => cpuMs, clock, log: silentLog });
    clock.advance(startMs);
    await restarts.listening(restored);
    return {
      restarts,
      /** Ends it: connections close now, and the next process starts after so long. */
      async end(sessions: number, nextAfterMs: number): Promise<void> {
        await restarts.ending(sessions, clock.now());
        now = clock.now() + nextAfterMs;
      },
    };
  }
  return { start, settings };
}

/** What a machine takes on which nothing was measured yet. */
const USUAL = { none: 500, tenThousand: 2_400 } as const;

describe('the time that a restart takes', () => {
  it('[SE8] is longer with more sessions, and on a machine that starts slowly', async () => {
    const quick = await machine().start(200);
    expect([0, 10_000].map((sessions) => quick.restarts.expectedMs(sessions))).toEqual([
      USUAL.none,
      USUAL.tenThousand,
    ]);
    const cold = await machine().start(5_000, 0, 300);
    expect(cold.restarts.expectedMs(10_000)).toBe(USUAL.tenThousand);
    const slow = await machine().start(600);
    expect([0, 10_000].map((sessions) => slow.restarts.expectedMs(sessions))).toEqual([
      1.5 * USUAL.none,
      1.5 * USUAL.tenThousand,
    ]);
    const endless = await machine().start(60_000);
    expect(endless.restarts.expectedMs(10_000)).toBe(2 * USUAL.tenThousand);
  });

  it('[SE8] is what the last one took, with its supervisor, also after further restarts', async () => {
    const { start } = machine();
    const first = await start(300);
    await first.end(0, 1_700);
    const second = await start(300);
    // 1,700 until it was started, and 300 until it listened.
    expect(second.restarts.expectedMs(0)).toBe(2_000);
    expect(second.restarts.expectedMs(10_000)).toBe(USUAL.tenThousand + 1_500);
    await second.end(10_000, 1_000);
    const third = await start(1_100, 10_000);
    expect(third.restarts.expectedMs(10_000)).toBe(2_100);
  });

  it('[SE8] does not count the time for which somebody had stopped the server', async () => {
    const { start } = machine();
    await (await start(300)).end(0, 3_600_000);
    const next = await start(300);
    expect(next.restarts.expectedMs(0)).toBe(USUAL.none);
    // Killed: no drain was measured, and none before it counts again.
    const afterKill = await start(300);
    expect(afterKill.restarts.expectedMs(0)).toBe(USUAL.none);
  });

  it('[SE8] stays within bounds, whatever was measured', async () => {
    const { start } = machine();
    await (await start(300)).end(0, 14_000);
    const late = await start(300);
    expect(late.restarts.expectedMs(10_000)).toBe(15_000);
    await late.end(10_000, 1);
    const early = await start(1, 10_000);
    expect(early.restarts.expectedMs(10_000)).toBe(USUAL.tenThousand / 2);
  });

  it('[SE8] is the usual one if what is stored is not understood, or nothing can be stored', async () => {
    const { start, settings } = machine();
    settings.write('restart', '{"sessions": "many"}');
    expect((await start(300)).restarts.expectedMs(0)).toBe(USUAL.none);
    const clock = new FakeClock();
    const full = { read: () => undefined, write: () => Promise.reject(new Error('the disk is full')) };
    const restarts = new Restarts({ settings: full, cpuMs: () => 0, clock, log: silentLog });
    await restarts.listening(0);
    await restarts.ending(1, clock.now());
    expect(restarts.expectedMs(0)).toBe(USUAL.none);
  });
});
