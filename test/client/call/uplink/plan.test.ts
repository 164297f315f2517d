import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capsOf, EASY } from '../../../../src/client/call/uplink/cpu.ts';
import { costOf } from '../../../../src/client/call/uplink/ladder.ts';
import { type PeerWish, planUplink, type Share } from '../../../../src/client/call/uplink/plan.ts';

const SOURCE = { width: 1_280, height: 720, frameRate: 30 };
const EASILY = capsOf(EASY);

const asks = fc.option(
  fc.record({ height: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })), first: fc.boolean() }),
  { nil: undefined },
);
const sources = fc.record({
  width: fc.integer({ min: 160, max: 3_840 }),
  height: fc.integer({ min: 120, max: 2_160 }),
  frameRate: fc.integer({ min: 5, max: 60 }),
});
const pictures = fc.tuple(asks, asks, sources, sources).map(([camera, screen, own, shared]) => [
  { kind: 'camera' as const, asked: camera, source: own },
  { kind: 'screen' as const, asked: screen, source: shared },
]);
const peers = fc
  .array(
    fc.record({
      sound: fc.integer({ min: 0, max: 120_000 }),
      ceiling: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 50_000, max: 3_000_000 })),
      pictures,
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all): PeerWish<number>[] => all.map((peer, key) => ({ ...peer, key })));
const budgets = fc.integer({ min: 50_000, max: 10_000_000 });
const caps = fc.integer({ min: 0, max: 5 }).map((step) => capsOf({ ...EASY, step }));

const costIn = (share: Share<number> | undefined) => (share?.state === 'sent' ? share.cost : 0);

describe('a plan of the uplink', () => {
  it('never takes more than the budget, and leaves sound all that it needs', () => {
    fc.assert(
      fc.property(peers, budgets, caps, (wishes, budget, cpu) => {
        const { shares, sound, total } = planUplink(wishes, budget, cpu);
        expect(sound).toBe(wishes.reduce((sum, peer) => sum + peer.sound, 0));
        const costs = shares.reduce((sum, share) => sum + costIn(share), 0);
        expect(total).toBeCloseTo(sound + costs, 3);
        expect(costs).toBeLessThanOrEqual(Math.max(0, budget - sound) + 0.01);
        for (const peer of wishes) {
          const own = shares
            .filter(({ key }) => key === peer.key)
            .reduce((sum, each) => sum + costIn(each), 0);
          expect(own).toBeLessThanOrEqual(Math.max(0, peer.ceiling - peer.sound) + 0.01);
        }
      }),
    );
  });

  it('never sends more than was asked for, and nothing that is hidden', () => {
    fc.assert(
      fc.property(peers, budgets, caps, (wishes, budget, cpu) => {
        for (const share of planUplink(wishes, budget, cpu).shares) {
          const wish = wishes[share.key]?.pictures.find(({ kind }) => kind === share.kind);
          const asked = Math.min(wish?.source.height ?? 0, wish?.asked?.height ?? Number.POSITIVE_INFINITY);
          if (asked === 0) expect(share.state).toBe('hidden');
          if (share.state !== 'sent') continue;
          for (const rung of [share.rung, share.sure]) {
            expect(rung.height).toBeLessThanOrEqual(asked + 1e-6);
            expect(rung.frameRate).toBeLessThanOrEqual(wish?.source.frameRate ?? 0);
            expect(rung.scale).toBeGreaterThanOrEqual(1);
          }
          expect(costOf(share.rung.least, share.rung.frameRate)).toBeLessThanOrEqual(share.cost + 0.01);
        }
      }),
    );
  });

  it('gives no picture less from a larger budget, and the same from the same', () => {
    fc.assert(
      fc.property(peers, budgets, budgets, caps, (wishes, one, other, cpu) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const [poor, rich] = [planUplink(wishes, less, cpu), planUplink(wishes, more, cpu)];
        for (const [index, share] of poor.shares.entries()) {
          const richer = rich.shares[index];
          expect(costIn(richer)).toBeGreaterThanOrEqual(costIn(share) - 0.01);
          if (share.state !== 'sent' || richer?.state !== 'sent') continue;
          expect(richer.rung.height).toBeGreaterThanOrEqual(share.rung.height - 1e-6);
          expect(richer.rung.frameRate).toBeGreaterThanOrEqual(share.rung.frameRate);
        }
        expect(planUplink(wishes, less, cpu)).toEqual(poor);
      }),
    );
  });

  it('sends at least nine tenths of the size that was asked for if the budget allows it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 720 }), (height) => {
        const wish = { kind: 'camera' as const, asked: { height, first: false }, source: SOURCE };
        const peer = { key: 0, sound: 56_000, ceiling: Number.POSITIVE_INFINITY, pictures: [wish] };
        const [share] = planUplink([peer], 3_000_000, EASILY).shares;
        expect(share).toMatchObject({ state: 'sent' });
        if (share?.state === 'sent') expect(share.rung.height).toBeGreaterThanOrEqual(0.9 * height);
      }),
    );
  });

  const picture = (kind: 'camera' | 'screen', height: number | undefined, first = false) => ({
    kind,
    asked: height === undefined ? undefined : { height, first },
    source: SOURCE,
  });
  const person = (key: number, ...wishes: ReturnType<typeof picture>[]): PeerWish<number> => ({
    key,
    sound: 56_000,
    ceiling: Number.POSITIVE_INFINITY,
    pictures: wishes,
  });

  it.each([
    ['holds the last ones', 250_000, [180, 180, 180], ['sent', 'sent', 'held']],
    ['holds all if there is room for sound alone', 170_000, [180, 180, 180], ['held', 'held', 'held']],
    ['gives nothing to what is hidden', 250_000, [0, 180, 180], ['hidden', 'sent', 'sent']],
  ])('%s', (_, budget, heights, states) => {
    const plan = planUplink(
      heights.map((height, key) => person(key, picture('camera', height))),
      budget,
      EASILY,
    );
    expect(plan.shares.map(({ state }) => state)).toEqual(states);
  });

  it('serves who is looked at first, then shares, then cameras', () => {
    const { shares } = planUplink(
      [
        person(0, picture('camera', 720), picture('screen', 720)),
        person(1, picture('camera', 720, true), picture('screen', 0)),
      ],
      1_900_000,
      EASILY,
    );
    const of = (key: number, kind: string) =>
      costIn(shares.find((share) => share.key === key && share.kind === kind));
    const [first, second, third] = [of(1, 'camera'), of(0, 'screen'), of(0, 'camera')];
    expect(first).toBeGreaterThan(1_200_000);
    expect(second).toBeGreaterThan(third);
  });

  it('sends sound alone without a budget', () => {
    const plan = planUplink(
      [person(0, picture('camera', undefined), picture('screen', 720))],
      undefined,
      EASILY,
    );
    expect(plan).toMatchObject({ total: 56_000, limited: false });
    expect(plan.shares.map(({ state }) => state)).toEqual(['held', 'held']);
  });
});
