import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/lib/turns.ts';

describe('createTurns', () => {
  it('runs a number of functions per turn, and the others later in order', async () => {
    const inTurn = createTurns(3);
    const ran: number[] = [];
    for (let i = 0; i < 8; i++) inTurn(() => ran.push(i));
    expect(ran).toEqual([0, 1, 2]);
    await turn();
    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
    inTurn(() => ran.push(8));
    await turn();
    await turn();
    expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    inTurn(() => ran.push(9));
    expect(ran.at(-1)).toBe(9);
  });

  it('queues what one of them adds as well', async () => {
    const inTurn = createTurns(1);
    const ran: string[] = [];
    inTurn(() => {
      ran.push('first');
      inTurn(() => ran.push('second'));
    });
    expect(ran).toEqual(['first']);
    await turn();
    expect(ran).toEqual(['first', 'second']);
  });
});
