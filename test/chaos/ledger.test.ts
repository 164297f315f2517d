import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

/** A ledger of `count` messages from ann to bob, and their numbers. */
function sent(count: number): { ledger: Ledger; numbers: number[] } {
  const ledger = new Ledger();
  return { ledger, numbers: Array.from({ length: count }, () => ledger.send('ann', 'bob')) };
}

function violationsAfter(arrivals: readonly number[], count: number): string[] {
  const { ledger } = sent(count);
  for (const number of arrivals) ledger.receive('ann', 'bob', number);
  return ledger.violations();
}

describe('the ledger of the chaos tests', () => {
  it('finds nothing if all messages came once and in order', () => {
    const { numbers } = sent(5);
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(violationsAfter(numbers, 5)).toEqual([]);
  });

  it('finds a message that was lost', () => {
    expect(violationsAfter([1, 2, 4, 5], 5)).toEqual(['ann → bob 3: lost']);
    expect(violationsAfter([1, 2, 3], 5)).toEqual(['ann → bob 4 to 5: lost']);
    expect(violationsAfter([], 1)).toEqual(['ann → bob 1 to 1: lost']);
  });

  it('finds a message that came twice', () => {
    expect(violationsAfter([1, 2, 2, 3], 3)).toEqual(['ann → bob 2: twice']);
  });

  it('finds two messages in the wrong order', () => {
    expect(violationsAfter([1, 3, 2, 4], 4)).toEqual(['ann → bob 2: after 3, out of order']);
  });

  it('finds a message that nobody sent, and one that somebody else received', () => {
    expect(violationsAfter([1, 2], 1)).toEqual(['ann → bob 2: never sent']);
    const { ledger } = sent(1);
    ledger.receive('ann', 'cat', 1);
    expect(ledger.violations()).toEqual(['ann → cat 1: never sent', 'ann → bob 1 to 1: lost']);
  });

  it('allows lost messages if told so, and no other fault', () => {
    const { ledger } = sent(4);
    for (const number of [2, 2, 4]) ledger.receive('ann', 'bob', number);
    expect(ledger.violations({ losses: true })).toEqual(['ann → bob 2: twice']);
  });

  it('is settled when the last message has come, or the time is up', async () => {
    const { ledger } = sent(1);
    const settled = ledger.settled(60_000);
    ledger.receive('ann', 'bob', 1);
    await settled;
    ledger.send('ann', 'bob');
    await ledger.settled(1);
    expect(ledger.arrived).toBe(1);
  });
});
