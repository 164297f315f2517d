import { describe, expect, it } from 'vitest';
import type { ConnectionCheckOptions, ConnectionReport } from '../../../src/client/index.ts';
import { QUICK_AFTER_MS, startQuickCheck } from '../../../src/web/lobby/quick-check.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

function setUp() {
  const clock = new FakeClock();
  const asked: ConnectionCheckOptions[] = [];
  const poor: string[] = [];
  let answer: (report: ConnectionReport) => void = () => {};
  const stop = startQuickCheck({
    check(options) {
      asked.push(options);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    after: (ms, run) => clock.after(ms, run),
    onPoor: (verdict) => poor.push(verdict),
  });
  const judge = async (verdict: ConnectionReport['verdict']) => {
    answer({ verdict, checks: [] });
    await Promise.resolve();
  };
  return { clock, asked, poor, stop, judge };
}

describe("the lobby's check of the connection", () => {
  it('leaves the first moments to devices, and loops no data', () => {
    const { clock, asked } = setUp();
    clock.advance(QUICK_AFTER_MS - 1);
    expect(asked).toEqual([]);
    clock.advance(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.checks).not.toContain('loopback');
  });

  it.each(['slow', 'tcp_only', 'relay_down', 'no_path', 'no_web_socket'] as const)(
    'warns of %s',
    async (verdict) => {
      const { clock, poor, judge } = setUp();
      clock.advance(QUICK_AFTER_MS);
      await judge(verdict);
      expect(poor).toEqual([verdict]);
    },
  );

  it.each(['good', 'unknown', 'no_relay', 'no_server'] as const)('says nothing of %s', async (verdict) => {
    const { clock, poor, judge } = setUp();
    clock.advance(QUICK_AFTER_MS);
    await judge(verdict);
    expect(poor).toEqual([]);
  });

  it('ends when it is stopped, before it begins or in the middle', async () => {
    const early = setUp();
    early.stop();
    early.clock.advance(QUICK_AFTER_MS);
    expect(early.asked).toEqual([]);
    const { clock, asked, poor, stop, judge } = setUp();
    clock.advance(QUICK_AFTER_MS);
    stop();
    expect(asked[0]?.signal?.aborted).toBe(true);
    await judge('slow');
    expect(poor).toEqual([]);
  });
});
