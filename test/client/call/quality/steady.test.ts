import { describe, expect, it } from 'vitest';
import {
  STAYS_MS,
  type SteadyQuality,
  steadied,
  UNKNOWN,
} from '../../../../src/client/call/quality/steady.ts';
import type { Quality } from '../../../../src/client/index.ts';

/** One verdict a second, by its first letter; `-` is none. Returns what is shown, the same way. */
function show(verdicts: string): string {
  const quality = (letter: string): Quality | null =>
    letter === 'g' ? 'good' : letter === 'f' ? 'fair' : letter === 'p' ? 'poor' : null;
  let state: SteadyQuality = UNKNOWN;
  return [...verdicts]
    .map((letter, second) => {
      state = steadied(state, quality(letter), second * 1_000);
      return (state.shown ?? '-').charAt(0);
    })
    .join('');
}

describe('a quality sign', () => {
  it.each([
    ['shows the first verdict at once', '-gg', '-gg'],
    ['gets worse after two seconds', 'ggggggppp', 'ggggggggp'],
    ['gets better after four', 'ppppppggggg', 'ppppppppppg'],
    ['stays through a moment', 'ggggggpggpg', 'ggggggggggg'],
    ['stays five seconds after a change', 'gpppppp', 'gggggpp'],
    ['takes the last of several verdicts that are worse', 'ggggggpff', 'ggggggggf'],
    ['is gone with its connection, at once', 'gg--pp', 'gg--pp'],
  ])('%s', (_, verdicts, shown) => {
    expect(show(verdicts)).toBe(shown);
  });

  it('never changes twice within five seconds, whatever comes', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const verdicts = Array.from({ length: 5_000 }, () => 'gfp'.charAt(Math.floor(random() * 3))).join('');
    const runs = show(verdicts).match(/g+|f+|p+/g) ?? [];
    expect(runs.length).toBeGreaterThan(50);
    const shortest = Math.min(...runs.slice(0, -1).map((run) => run.length));
    expect(shortest * 1_000).toBeGreaterThanOrEqual(STAYS_MS);
  });
});
