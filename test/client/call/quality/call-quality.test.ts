import { describe, expect, it } from 'vitest';
import { CallQuality } from '../../../../src/client/call/quality/call-quality.ts';
import type { LinkReading } from '../../../../src/client/call/quality/reading.ts';
import type { Remote } from '../../../../src/client/call/remote.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';
import { reading } from './readings.ts';

const HOUR_S = 3_600;

/** Connections whose counts grow by 1,000 bytes a second. */
function setUp(...names: string[]) {
  const clock = new FakeClock();
  const start = clock.now();
  const state = { reads: 0, fails: false };
  const person = (name: string) => {
    const connection = {
      async read(): Promise<LinkReading> {
        state.reads += 1;
        if (state.fails) throw new Error('not now');
        const atMs = clock.now();
        const bytes = atMs - start;
        return reading({ atMs, bytesSent: bytes, bytesReceived: 2 * bytes });
      },
    };
    return {
      key: name,
      peerId: name,
      quality: null,
      setQuality: () => {},
      media: { audio: true, video: true, screen: false },
      held: { camera: false, screen: false },
      holds: { camera: false, screen: false },
      shows: () => true,
      connectionState: 'connected',
      connection,
    };
  };
  const people = names.map(person);
  const given: string[][] = [];
  const lines: unknown[] = [];
  const quality = new CallQuality({
    clock,
    remotes: () => people as unknown as readonly Remote[],
    uplink: () => ({ limit: 'auto', bitsPerSecond: null }),
    onLine: (line) => lines.push(line),
    onReadings: (readings) => given.push([...readings.keys()].map(({ key }) => key)),
  });
  /** Lets time pass, and what was begun come to an end. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, people, person, state, given, lines, quality, pass };
}

describe('the readings of a call', () => {
  it('come once a second, one of each connected peer', async () => {
    const { people, state, given, quality, pass } = setUp('ann', 'ben', 'cat');
    people[2] = { ...people[2], connectionState: 'connecting' } as never;
    quality.note();
    quality.note();
    await pass(0);
    for (let second = 0; second < 3; second += 1) await pass(1_000);
    expect(given).toEqual(Array(4).fill(['ann', 'ben']));
    expect(state.reads).toBe(8);
  });

  it('are shared by everybody who asks within the second', async () => {
    const { people, state, quality, pass } = setUp('ann');
    quality.note();
    await pass(0);
    await pass(1_000);
    const reads = state.reads;
    const [one, other, ann] = await Promise.all([
      quality.stats(),
      quality.stats(),
      quality.statsOf(people[0] as never),
    ]);
    expect(one).toBe(other);
    expect(one).toMatchObject({
      sendBitsPerSecond: 8_000,
      receiveBitsPerSecond: 16_000,
      line: null,
      uplink: { limit: 'auto' },
      peers: [{ key: 'ann', peerId: 'ann', path: 'direct', sendBitsPerSecond: 8_000 }],
    });
    expect(ann).toMatchObject({ path: 'direct', receiveBitsPerSecond: 16_000 });
    expect(state.reads).toBe(reads);
  });

  it('are none while nobody is connected, and begin with the next one', async () => {
    const { clock, people, person, state, given, quality, pass } = setUp('ann');
    quality.note();
    await pass(0);
    people.length = 0;
    await pass(1_000);
    expect(clock.pending).toBe(0);
    await pass(60_000);
    expect([state.reads, given.length]).toEqual([1, 1]);
    expect(await quality.stats()).toMatchObject({ peers: [], sendBitsPerSecond: null });
    people.push(person('ben'));
    quality.note();
    await pass(0);
    expect(given.at(-1)).toEqual(['ben']);
  });

  it('begin anew with another connection to the same person', async () => {
    const { people, person, quality, pass } = setUp('ann');
    quality.note();
    await pass(0);
    await pass(1_000);
    const [ann] = people;
    if (ann === undefined) throw new Error('nobody is there');
    ann.connection = person('ann').connection;
    expect((await quality.stats()).peers[0]).toMatchObject({ path: null, sendBitsPerSecond: null });
    await pass(1_000);
    expect((await quality.stats()).peers[0]).toMatchObject({ path: 'direct', sendBitsPerSecond: null });
    await pass(1_000);
    expect((await quality.stats()).peers[0]).toMatchObject({ sendBitsPerSecond: 8_000 });
  });

  it('leave out a browser that has none just now', async () => {
    const { state, given, quality, pass } = setUp('ann');
    state.fails = true;
    quality.note();
    await pass(0);
    expect(given).toEqual([]);
    expect(await quality.stats()).toMatchObject({ peers: [{ key: 'ann', path: null }] });
    state.fails = false;
    await pass(1_000);
    expect(given).toEqual([['ann']]);
  });

  it('say how good this side’s own line is, until nobody is left to tell', async () => {
    const { people, lines, quality, pass } = setUp('ann', 'ben');
    quality.note();
    await pass(0);
    for (let second = 0; second < 3; second += 1) await pass(1_000);
    expect(lines).toEqual([]);
    await pass(1_000);
    expect([quality.line, lines]).toEqual(['good', ['good']]);
    people.length = 0;
    quality.note();
    expect([quality.line, lines]).toEqual([null, ['good', null]]);
  });

  it('end with the call', async () => {
    const { clock, state, quality, pass } = setUp('ann');
    quality.note();
    await pass(0);
    quality.stop();
    quality.note();
    await pass(10_000);
    await quality.stats();
    expect([clock.pending, state.reads]).toEqual([0, 1]);
  });

  it('are kept for those in the call alone, and one timer, for an hour', async () => {
    const { clock, people, person, quality, pass } = setUp('ann', 'ben');
    quality.note();
    for (let second = 0; second < HOUR_S; second += 1) {
      await pass(1_000);
      // Somebody comes and goes all the time.
      if (second % 10 === 0) people[1] = person(`guest-${second}`);
    }
    quality.note();
    expect(clock.pending).toBe(1);
    expect(quality.kept).toBe(2);
    people.length = 1;
    quality.note();
    expect(quality.kept).toBe(1);
  });
});
