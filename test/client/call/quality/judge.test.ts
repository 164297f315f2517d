import { describe, expect, it } from 'vitest';
import { type Expected, GLANCES, type Glance, judge } from '../../../../src/client/call/quality/judge.ts';
import type { LinkReading, ReceivedReading } from '../../../../src/client/call/quality/reading.ts';
import { reading } from './readings.ts';

const ALL: Expected = { sound: true, camera: true, screen: false };

/** What comes in within one second. */
interface Second {
  readonly expected?: Partial<Expected>;
  readonly microphone?: Partial<ReceivedReading>;
  readonly camera?: Partial<ReceivedReading>;
  readonly screen?: Partial<ReceivedReading>;
  readonly bytes?: number;
}

const SOUND = { packets: 50, samples: 48_000 };
const PICTURE = { packets: 60, framesReceived: 25, framesDecoded: 25 };

/** Readings of a call in which everything is well, but for what the seconds say. */
function glancesOf(...seconds: Second[]): Glance[] {
  let sums: Record<string, Record<string, number>> = { microphone: {}, camera: {}, screen: {} };
  let bytes = 0;
  return [{}, ...seconds].map(({ expected, ...second }: Second, index) => {
    const came: Record<string, Partial<ReceivedReading>> = {
      microphone: { ...SOUND, ...second.microphone },
      camera: { ...PICTURE, ...second.camera },
      screen: { packets: 0, ...second.screen },
    };
    sums = Object.fromEntries(
      Object.entries(came).map(([kind, counts]) => [kind, added(sums[kind] ?? {}, counts)]),
    );
    bytes += second.bytes ?? 50_000;
    const read: LinkReading = reading({ atMs: index * 1_000, bytesReceived: bytes, received: sums });
    return { reading: read, expected: { ...ALL, ...expected } };
  });
}

/** Counts add up; a jitter is measured. */
function added(before: Record<string, number>, counts: Partial<ReceivedReading>): Record<string, number> {
  const sums: Record<string, number> = { ...before, jitterMs: counts.jitterMs ?? 5 };
  for (const [name, count] of Object.entries(counts)) {
    if (typeof count === 'number' && name !== 'jitterMs') sums[name] = (before[name] ?? 0) + count;
  }
  return sums;
}

const times = (count: number, second: Second = {}): Second[] => Array(count).fill(second);
const FROZEN = { framesReceived: 0, framesDecoded: 0, packets: 0 };

describe('the quality of what comes from a peer', () => {
  it.each<[string, string | null, Second[]]>([
    ['nothing is wrong', 'good', times(5)],
    ['there are two readings only', null, times(1)],
    ['some packets are lost', 'good', times(5, { camera: { lost: 2 } })],
    ['one in fifteen is lost', 'fair', times(5, { camera: { lost: 5 }, microphone: { lost: 3 } })],
    ['one in five is lost', 'poor', times(5, { camera: { lost: 20 }, microphone: { lost: 12 } })],
    ['packets come unevenly', 'fair', times(5, { microphone: { jitterMs: 120 } })],
    ['packets come late by seconds', 'poor', times(5, { microphone: { jitterMs: 400 } })],
    ['a word was made up', 'fair', [...times(4), { microphone: { concealedSamples: 9_600 } }]],
    ['much sound is made up', 'poor', times(5, { microphone: { concealedSamples: 9_600 } })],
    ['the picture stood still for a moment', 'fair', [...times(4), { camera: { freezeSeconds: 0.5 } }]],
    ['the picture stands still most of the time', 'poor', times(5, { camera: { freezeSeconds: 0.6 } })],
    [
      'packets of the picture come, and no frame of them',
      'poor',
      [...times(3), ...times(2, { camera: { ...FROZEN, packets: 30 } })],
    ],
    ['the picture has no news', 'good', [...times(2), ...times(3, { camera: FROZEN })]],
    ['this side is too slow for the picture', 'fair', times(5, { camera: { framesDecoded: 15 } })],
    ['nothing comes at all', 'poor', [...times(2), ...times(3, { camera: FROZEN, bytes: 0 })]],
  ])('if %s, is %s', (_, quality, seconds) => {
    expect(judge(glancesOf(...seconds))).toBe(quality);
  });

  it.each<[string, Second]>([
    ['a picture that is held, hidden or off', { expected: { camera: false }, camera: FROZEN }],
    ['no sound of somebody who is muted', { expected: { sound: false }, microphone: { packets: 0 } }],
    [
      'silence of somebody who sends nothing',
      { expected: { sound: false, camera: false }, microphone: { packets: 0 }, camera: FROZEN, bytes: 0 },
    ],
  ])('counts no fault for %s', (_, second) => {
    expect(judge(glancesOf(...times(3), ...times(3, second)))).toBe('good');
    expect(judge(glancesOf(...times(6, second)))).toBe('good');
  });

  it('counts no freeze for a picture that has just come back', () => {
    const hidden = { expected: { camera: false }, camera: FROZEN };
    // Browsers count the time in which it was hidden, once it is back.
    const back = { camera: { freezeSeconds: 3 } };
    expect(judge(glancesOf(...times(4, hidden), back))).toBe('good');
    expect(judge(glancesOf(...times(3, hidden), back, ...times(2)))).toBe('good');
    const again = { camera: { freezeSeconds: 0.6 } };
    expect(judge(glancesOf(hidden, ...times(2), ...times(3, again)))).toBe('poor');
  });

  it('forgets what was more than five seconds ago', () => {
    const bad = times(6, { camera: { lost: 30 }, microphone: { concealedSamples: 20_000 } });
    const glances = glancesOf(...bad, ...times(GLANCES));
    expect(judge(glances)).toBe('good');
    expect(judge(glances.slice(0, -3))).toBe('poor');
  });

  it('isn’t judged by the bytes of another path', () => {
    const glances = glancesOf(...times(5, { bytes: 0, camera: FROZEN }));
    const moved = glances.map((glance, index) =>
      index < 4 ? glance : { ...glance, reading: { ...glance.reading, pairId: 'other' } },
    );
    expect([judge(glances), judge(moved)]).toEqual(['poor', 'good']);
  });
});
