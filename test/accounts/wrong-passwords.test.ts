import { describe, expect, it } from 'vitest';
import {
  ACCOUNTS_COUNTED,
  ANSWERS_WAITING,
  DELAY_STEP_MS,
  FREE_WRONG_PASSWORDS,
  MAX_DELAY_MS,
  WINDOW_MS,
  WrongPasswords,
} from '../../src/accounts/wrong-passwords.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('wrong passwords at an account', () => {
  it('[AC2] delay its answers from the tenth on, each further one by more, at most by 5 s', () => {
    const { wrong } = setUp();
    for (let n = 1; n < FREE_WRONG_PASSWORDS; n += 1) {
      wrong.add('ann');
      expect(wrong.delayMs('ann')).toBe(0);
    }
    const delays = [];
    for (let n = 0; n < 12; n += 1) {
      wrong.add('ann');
      delays.push(wrong.delayMs('ann'));
    }
    expect(delays).toEqual([500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 5000, 5000]);
    expect(wrong.delayMs('bob')).toBe(0);
  });

  it('[AC2] count for ten minutes', () => {
    const { wrong, clock } = setUp();
    for (let n = 0; n < FREE_WRONG_PASSWORDS; n += 1) wrong.add('ann');
    clock.advance(WINDOW_MS - 1);
    wrong.add('ann');
    expect(wrong.delayMs('ann')).toBe(2 * DELAY_STEP_MS);
    clock.advance(1);
    expect(wrong.delayMs('ann')).toBe(0);
  });

  it('are counted for a bounded number of accounts, the one tried longest ago forgotten first', () => {
    const { wrong } = setUp();
    for (let n = 0; n < FREE_WRONG_PASSWORDS; n += 1) for (const name of ['ann', 'bob']) wrong.add(name);
    for (let n = 0; n < ACCOUNTS_COUNTED - 1; n += 1) wrong.add(`eve ${n}`);
    expect(wrong.size).toBe(ACCOUNTS_COUNTED);
    expect([wrong.delayMs('ann'), wrong.delayMs('bob')]).toEqual([0, DELAY_STEP_MS]);
  });

  it('[AC2] hold up a bounded number of answers: beyond it, the longest waiting goes out early', async () => {
    const { wrong, clock } = setUp();
    const answered: number[] = [];
    for (let n = 0; n <= ANSWERS_WAITING; n += 1) {
      void wrong.wait(MAX_DELAY_MS).then(() => answered.push(n));
    }
    await settled();
    expect(answered).toEqual([0]);
    expect(clock.pending).toBe(ANSWERS_WAITING);
    clock.advance(MAX_DELAY_MS);
    await settled();
    expect(answered).toHaveLength(ANSWERS_WAITING + 1);
    expect(clock.pending).toBe(0);
  });
});

function setUp() {
  const clock = new FakeClock();
  return { clock, wrong: new WrongPasswords(clock) };
}

/** Waits until everything that was resolved has continued. */
function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
