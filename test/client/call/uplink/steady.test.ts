import fc from 'fast-check';
import { expect, it } from 'vitest';
import { capsOf, EASY, stepCpu } from '../../../../src/client/call/uplink/cpu.ts';
import { planUplink } from '../../../../src/client/call/uplink/plan.ts';
import { type Sending, STEADY_MS, steady } from '../../../../src/client/call/uplink/steady.ts';

const SOURCE = { width: 1_280, height: 720, frameRate: 30 };

function shareOf(height: number, budget: number) {
  const pictures = [{ kind: 'camera' as const, asked: { height, first: false }, source: SOURCE }];
  const peer = { key: 0, sound: 0, ceiling: Number.POSITIVE_INFINITY, pictures };
  const [share] = planUplink([peer], budget, capsOf(EASY)).shares;
  if (share === undefined) throw new Error('there is no share');
  return share;
}

it('turns back once in five seconds at most, whatever is asked for and whatever the line bears', () => {
  const moments = fc.record({
    height: fc.constantFrom(120, 180, 360, 720),
    budget: fc.integer({ min: 60_000, max: 3_000_000 }),
    afterMs: fc.integer({ min: 50, max: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(moments, { maxLength: 60 }), (all) => {
      let now = 0;
      let last: Sending | undefined;
      let way = 0;
      let changedAt = Number.NEGATIVE_INFINITY;
      let turnedAt = Number.NEGATIVE_INFINITY;
      for (const { height, budget, afterMs } of all) {
        now += afterMs;
        const next: Sending = steady(last, shareOf(height, budget), now);
        const change = last === undefined ? 0 : Math.sign(next.rung.height - last.rung.height);
        if (change !== 0) {
          if (way !== 0 && change !== way && now - changedAt < STEADY_MS) {
            expect(now - turnedAt).toBeGreaterThanOrEqual(STEADY_MS);
            turnedAt = now;
          }
          [way, changedAt] = [change, now];
        }
        last = next;
      }
    }),
  );
});

it('grows at once when more is asked for, and changes nothing for a few pixels', () => {
  let sending = steady(undefined, shareOf(180, 3_000_000), 0);
  const small = sending.rung.height;
  sending = steady(sending, shareOf(184, 3_000_000), 10_000);
  expect(sending.rung.height).toBe(small);
  sending = steady(sending, shareOf(720, 3_000_000), 10_100);
  expect(sending.rung.height).toBe(720);
});

it('gives way with its bits at once, also while its size must wait', () => {
  let sending = steady(undefined, shareOf(180, 3_000_000), 0);
  sending = steady(sending, shareOf(720, 3_000_000), 10_000);
  sending = steady(sending, shareOf(720, 300_000), 11_000);
  expect(sending.rung.height).toBe(720);
  expect(sending.bits).toBeLessThanOrEqual(300_000);
  sending = steady(sending, shareOf(720, 300_000), 15_000);
  expect(sending.rung.height).toBeLessThan(500);
});

it('lets a machine that is busy do less step by step, and more again after a while', () => {
  const sent = (limitedBy: 'cpu' | 'none') => ({
    bytes: 0,
    packets: 0,
    frames: 0,
    keyFrames: 0,
    width: null,
    height: null,
    framesPerSecond: null,
    limitedBy,
    codec: null,
    efficient: null,
    lost: null,
    reportedAtMs: null,
    lostFraction: null,
    roundTripMs: null,
  });
  const reading = (limitedBy: 'cpu' | 'none') => ({
    atMs: 0,
    path: null,
    protocol: null,
    roundTripMs: null,
    pairId: null,
    bytesSent: 0,
    bytesReceived: 0,
    availableOutgoingBitsPerSecond: null,
    sent: new Map([['camera' as const, sent(limitedBy)]]),
    received: new Map(),
  });
  let cpu = EASY;
  const steps: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    cpu = stepCpu(cpu, [reading(second < 9 ? 'cpu' : 'none')], second * 1_000);
    steps.push(cpu.step);
  }
  expect(steps.slice(0, 9)).toEqual([0, 0, 1, 1, 1, 1, 1, 2, 2]);
  expect(capsOf({ ...cpu, step: 1 }).camera).toMatchObject({ size: 1, frameRate: 20 });
  expect(steps.at(-1)).toBe(0);
  expect(steps.filter((step, index) => step < (steps[index - 1] ?? 0))).toHaveLength(2);
});
