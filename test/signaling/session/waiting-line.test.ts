import { describe, expect, it } from 'vitest';
import { WAITING_BYTES, WAITING_MESSAGES } from '../../../src/signaling/session/inbox.ts';
import {
  ALL_WAITING_BYTES,
  LEAST_BYTES,
  WaitingBudget,
  WaitingLine,
} from '../../../src/signaling/session/waiting-line.ts';

const WAITING = { messages: WAITING_MESSAGES, bytes: WAITING_BYTES };

describe('messages that wait', () => {
  it('are so many of one connection and no more, in their order', () => {
    const line = new WaitingLine<number>(new WaitingBudget(), WAITING);
    for (let item = 0; item < WAITING_MESSAGES; item += 1) expect(line.push(item, 1)).toBe('taken');
    expect(line.push(WAITING_MESSAGES, 1)).toBe('full');
    expect([line.shift(), line.shift()]).toEqual([0, 1]);
    expect(line.push(WAITING_MESSAGES, 1)).toBe('taken');
  });

  it('are so many bytes of one connection and no more', () => {
    const budget = new WaitingBudget();
    const line = new WaitingLine<string>(budget, { messages: 9, bytes: 1_000 });
    expect(line.push('a', 600)).toBe('taken');
    expect(line.push('b', 401)).toBe('full');
    expect(line.push('c', 400)).toBe('taken');
    expect(budget.bytes).toBe(1_000);
    line.shift();
    expect(line.push('d', 600)).toBe('taken');
    expect(budget.bytes).toBe(1_000);
  });

  it('count for their place in memory, even if only an id is kept', () => {
    const budget = new WaitingBudget();
    const line = new WaitingLine<string>(budget, WAITING);
    line.push('a', 0);
    expect(budget.bytes).toBe(LEAST_BYTES);
    line.shift();
    expect(budget.bytes).toBe(0);
  });

  it('are so many bytes of all connections and no more; what is read or dropped makes room', () => {
    const budget = new WaitingBudget();
    const lines = Array.from({ length: 65 }, () => new WaitingLine<string>(budget, WAITING));
    const outcomes = lines.map((line) => line.push('x', WAITING_BYTES));
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(ALL_WAITING_BYTES / WAITING_BYTES);
    expect(outcomes.at(-1)).toBe('all_full');
    expect(budget.bytes).toBe(ALL_WAITING_BYTES);
    lines[0]?.clear();
    lines[1]?.shift();
    expect(budget.bytes).toBe(ALL_WAITING_BYTES - 2 * WAITING_BYTES);
    expect(lines.at(-1)?.push('x', WAITING_BYTES)).toBe('taken');
    for (const line of lines) line.clear();
    expect(budget.bytes).toBe(0);
  });
});
