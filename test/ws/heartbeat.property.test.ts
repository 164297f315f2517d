import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/ws/connection.ts';
import { createHeartbeat } from '../../src/ws/heartbeat.ts';
import { FakeClock } from '../support/fakes/clock.ts';

const HEARTBEAT_MS = 25_000;
const TICK_MS = 25;

/** A connection without a wire, which remembers when it was pinged. */
class Pinged extends Connection {
  readonly pingedAt: number[] = [];
  readonly #clock: FakeClock;
  readonly answers: boolean;

  constructor(clock: FakeClock, answers: boolean) {
    super({ token: undefined, resume: undefined, roomId: undefined }, '', (peer) => peer);
    this.#clock = clock;
    this.answers = answers;
  }

  override ping(): void {
    this.pingedAt.push(this.#clock.monotonic());
    if (this.answers) this.quiet = 0;
  }
}

/** Churn while other connections stay: this many leave and arrive every so many milliseconds. */
const churns = fc.record({
  stay: fc.integer({ min: 1, max: 30 }),
  silent: fc.integer({ min: 0, max: 5 }),
  reconnecting: fc.integer({ min: 1, max: 12 }),
  everyMs: fc.integer({ min: 3, max: 700 }),
  batch: fc.integer({ min: 1, max: 4 }),
  /** Whether the churning connections were opened before the others. */
  first: fc.boolean(),
});

describe('a heartbeat', () => {
  it('pings each connection once per heartbeat and cuts silent ones after two, whatever connections open or close', () => {
    fc.assert(
      fc.property(churns, ({ stay, silent, reconnecting, everyMs, batch, first }) => {
        const clock = new FakeClock();
        const cut = new Map<Pinged, number>();
        const heartbeat = createHeartbeat({
          clock,
          heartbeatMs: HEARTBEAT_MS,
          onSilent: (connection) => {
            heartbeat.remove(connection);
            if (connection instanceof Pinged) cut.set(connection, clock.monotonic());
          },
        });
        const add = (answers: boolean): Pinged => {
          const connection = new Pinged(clock, answers);
          heartbeat.add(connection);
          return connection;
        };
        const restless: Pinged[] = [];
        const addRestless = (): void => {
          while (restless.length < reconnecting) restless.push(add(true));
        };
        if (first) addRestless();
        const staying = Array.from({ length: stay }, () => add(true));
        const dead = Array.from({ length: silent }, () => add(false));
        addRestless();
        for (let now = 0; now < 6 * HEARTBEAT_MS; now += everyMs) {
          clock.advance(everyMs);
          for (const gone of restless.splice(0, batch)) heartbeat.remove(gone);
          addRestless();
        }
        for (const { pingedAt } of staying) {
          expect(pingedAt.length).toBeGreaterThanOrEqual(5);
          for (const [index, at] of pingedAt.entries()) {
            const gap = at - (pingedAt[index - 1] ?? at - HEARTBEAT_MS);
            expect(Math.abs(gap - HEARTBEAT_MS)).toBeLessThanOrEqual(TICK_MS);
          }
        }
        expect(new Set(cut.keys())).toEqual(new Set(dead));
        for (const [{ pingedAt }, at] of cut) {
          expect(pingedAt).toHaveLength(2);
          expect(Math.abs(at - (pingedAt[0] ?? 0) - 2 * HEARTBEAT_MS)).toBeLessThanOrEqual(TICK_MS);
        }
        expect(heartbeat.size).toBe(stay + reconnecting);
        heartbeat.close();
      }),
      { numRuns: 40 },
    );
  });

  it('pings in one tick at most the share of a tick of the highest number of connections ever open', () => {
    const clock = new FakeClock();
    const heartbeat = createHeartbeat({ clock, heartbeatMs: HEARTBEAT_MS, onSilent: () => {} });
    const open: Pinged[] = [];
    const dial = (): void => {
      const connection = new Pinged(clock, true);
      heartbeat.add(connection);
      open.push(connection);
    };
    // An attacker closes all but every thousandth connection, again and again, to crowd new ones into one tick.
    for (let round = 0; round < 8; round += 1) {
      while (open.length < 3_000) dial();
      const kept = open.filter((_, index) => index % 1_000 === 0);
      for (const connection of open) if (!kept.includes(connection)) heartbeat.remove(connection);
      open.splice(0, open.length, ...kept);
    }
    while (open.length < 3_000) dial();
    for (let tick = 0; tick < 1_000; tick += 1) {
      clock.advance(TICK_MS);
      const now = clock.monotonic();
      expect(open.filter(({ pingedAt }) => pingedAt.at(-1) === now).length).toBeLessThanOrEqual(3);
    }
    expect(new Set(open.map(({ pingedAt }) => pingedAt.length))).toEqual(new Set([1]));
    heartbeat.close();
  });
});
