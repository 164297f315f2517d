import { describe, expect, it } from 'vitest';
import { createFaults, FAULT_WINDOW_MS, MAX_FAULTS } from '../../src/cli/faults.ts';
import { createLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fakes/clock.ts';

function stage() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = createLog({ level: 'error', now: () => 0, write: (line) => void lines.push(line) });
  const ends: string[] = [];
  const fault = createFaults({ clock, log, onTooMany: () => ends.push('now') });
  return { clock, lines, ends, fail: () => fault('uncaught exception', new Error('broken')) };
}

describe('uncaught exceptions', () => {
  it('are logged and survived one by one', () => {
    const { clock, lines, ends, fail } = stage();
    for (let i = 0; i < 5 * MAX_FAULTS; i++) {
      fail();
      clock.advance(FAULT_WINDOW_MS / (MAX_FAULTS - 1) + 1);
    }
    expect(lines).toHaveLength(5 * MAX_FAULTS);
    expect(ends).toEqual([]);
  });

  it('end the process when ten come within a minute, and only once', () => {
    const { lines, ends, fail } = stage();
    for (let i = 1; i < MAX_FAULTS; i++) fail();
    expect(ends).toEqual([]);
    for (let i = 0; i < 3; i++) fail();
    expect(ends).toEqual(['now']);
    expect(lines.join()).toContain('too many uncaught exceptions');
  });
});
