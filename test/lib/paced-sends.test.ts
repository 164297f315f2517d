import { describe, expect, it } from 'vitest';
import { CHARACTERS_PER_SECOND, PACE_MS, PacedSends } from '../../src/lib/paced-sends.ts';
import { FakeClock } from '../support/fakes/clock.ts';

/** A sender under whose keys numbers of characters wait. */
function setUp() {
  const clock = new FakeClock();
  const waiting = new Map<string, number[]>();
  const sent: string[] = [];
  const sends = new PacedSends({
    clock,
    sendNext(key) {
      const characters = waiting.get(key)?.shift();
      if (characters !== undefined) sent.push(`${key} ${characters}`);
      return characters;
    },
  });
  const ask = (key: string, ...characters: number[]): void => {
    waiting.set(key, [...(waiting.get(key) ?? []), ...characters]);
    sends.request(key);
  };
  return { clock, sends, sent, ask };
}

describe('paced sends', () => {
  it('go out at once while the budget lasts, and then as it is gained back', () => {
    const { clock, sent, ask } = setUp();
    const half = CHARACTERS_PER_SECOND / 2;
    ask('a', half, half, half, half);
    expect(sent).toHaveLength(2);
    expect(clock.pending).toBe(1);
    clock.advance(PACE_MS / 2);
    expect(sent).toHaveLength(3);
    clock.advance(PACE_MS);
    expect([sent.length, clock.pending]).toEqual([4, 0]);
  });

  it('wait a second at most for what went out before, however much that was', () => {
    const { clock, sent, ask } = setUp();
    ask('a', 100 * CHARACTERS_PER_SECOND, 1);
    clock.advance(PACE_MS - 100);
    expect(sent).toHaveLength(1);
    clock.advance(150);
    expect(sent).toHaveLength(2);
  });

  it('under one key hold up none under another, with one timer for all', () => {
    const { clock, sent, ask } = setUp();
    for (const key of ['a', 'b', 'c']) ask(key, 2 * CHARACTERS_PER_SECOND, 1);
    expect(sent.map((line) => line[0])).toEqual(['a', 'b', 'c']);
    expect(clock.pending).toBe(1);
    clock.advance(2 * PACE_MS);
    expect(sent).toHaveLength(6);
  });

  it('go out at once when they are flushed, and never when they are closed', () => {
    const { clock, sends, sent, ask } = setUp();
    ask('a', 2 * CHARACTERS_PER_SECOND, 1, 2);
    sends.flush();
    expect([sent.length, clock.pending]).toEqual([3, 0]);
    ask('b', 2 * CHARACTERS_PER_SECOND, 1);
    sends.close();
    clock.advance(10 * PACE_MS);
    expect([sent.length, clock.pending]).toEqual([4, 0]);
  });
});
