import { describe, expect, it } from 'vitest';
import { MessageIds } from '../../src/chat/message-ids.ts';
import { randomIds } from '../../src/domain/ids.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** Ids of a clock that the test sets. */
function setUp(until = 0) {
  const clock = { at: NOW, now: () => clock.at };
  return { clock, ids: new MessageIds({ clock, ids: randomIds, until }) };
}

describe('message ids', () => {
  it('[CH1] sort by time as text, whatever the clock does', () => {
    const { clock, ids } = setUp();
    const made: string[] = [];
    for (const step of [0, 0, 1, 0, -5_000, 0, 4_000, 2_000, 86_400_000, -1]) {
      clock.at += step;
      made.push(ids.next());
    }
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
    for (const id of made) expect(id).toMatch(/^[0-9a-v]{13}[\w-]{8}$/);
  });

  it('[CH1] go on increasing when a millisecond has no more of them', () => {
    const { ids } = setUp();
    let last = ids.next();
    for (let n = 0; n < 32 ** 4 + 2; n += 1) {
      const next = ids.next();
      if (next <= last) throw new Error(`${next} came after ${last}`);
      last = next;
    }
    expect(ids.time).toBe(NOW + 1);
  });

  it('[CH1] are later than those of the process before, even if its clock was ahead', () => {
    const before = setUp();
    before.clock.at += 60_000;
    const last = before.ids.next();
    expect(setUp(before.ids.time + 5_000).ids.next() > last).toBe(true);
    expect(setUp(before.ids.time).ids.next() > last).toBe(true);
  });
});
