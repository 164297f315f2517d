import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByAge } from '../../../src/signaling/session/by-age.ts';
import type { Session } from '../../../src/signaling/session/session.ts';
import { stage } from '../../support/server/hub.ts';

/** Sessions that no registry knows. */
const on = stage({ limits: { sessionsPerUser: 10_000 } });
const newSession = (): Session => on.connect('ann').session;

describe('sessions by age', () => {
  it('are in the order in which they began, each with a moment of its own, even in one millisecond', () => {
    const byAge = new ByAge();
    const sessions = Array.from({ length: 1_025 }, newSession);
    for (const session of sessions) byAge.add(session, 1_767_225_600_000);
    expect([...byAge.after(0)]).toEqual(sessions);
    expect(new Set(sessions.map(({ beganAt }) => beganAt)).size).toBe(1_025);
    expect(sessions[1_023]?.beganAt).toBeLessThan(1_767_225_600_001);
    expect(sessions[1_024]?.beganAt).toBe(1_767_225_600_001);
  });

  it('stay in order when the clock is set back', () => {
    const byAge = new ByAge();
    const [first, second] = [newSession(), newSession()];
    byAge.add(first, 2_000);
    byAge.add(second, 1_000);
    expect([...byAge.after(first.beganAt)]).toEqual([second]);
  });

  it('are those of a plain list, whoever comes and goes', () => {
    const Step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ add: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
    );
    const pool = Array.from({ length: 400 }, newSession);
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 400 }), fc.nat(), (steps, from) => {
        const byAge = new ByAge();
        const plain: Session[] = [];
        let now = 1;
        let used = 0;
        for (const step of steps) {
          if ('add' in step) {
            const session = pool[used++];
            if (session === undefined) return;
            now += step.add;
            byAge.add(session, now);
            plain.push(session);
          } else {
            const [gone] = plain.splice(step.remove % Math.max(plain.length, 1), 1);
            if (gone !== undefined) byAge.remove(gone);
          }
        }
        const start = plain[from % Math.max(plain.length, 1)]?.beganAt ?? 0;
        expect([...byAge.after(0)]).toEqual(plain);
        expect([...byAge.after(start)]).toEqual(plain.filter(({ beganAt }) => beganAt > start));
      }),
    );
  });

  it('forget those that have ended', () => {
    const byAge = new ByAge();
    const sessions = Array.from({ length: 5_000 }, newSession);
    for (const session of sessions) byAge.add(session, 1);
    for (const session of sessions.slice(0, 4_990)) byAge.remove(session);
    expect([...byAge.after(0)]).toEqual(sessions.slice(4_990));
    byAge.remove(sessions[0] as Session);
    expect([...byAge.after(0)]).toHaveLength(10);
  });
});
