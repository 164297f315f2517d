import { describe, expect, it } from 'vitest';
import { AnswerDeadline } from '../../../src/client/call/answer-deadline.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

function setUp() {
  const clock = new FakeClock();
  const again: number[] = [];
  const state = { sensible: true, unanswered: 0 };
  const deadline = new AnswerDeadline({
    clock,
    again: () => {
      if (state.sensible) again.push(clock.monotonic());
      return state.sensible;
    },
    unanswered: () => {
      state.unanswered += 1;
    },
  });
  return { clock, again, state, deadline };
}

describe('an offer without an answer', () => {
  it('is sent again after 10 s, then with longer pauses up to a minute, for ever; the application is told once', () => {
    const { clock, again, state, deadline } = setUp();
    deadline.offered();
    clock.advance(250_000);
    expect(again).toEqual([10_000, 30_000, 70_000, 130_000, 190_000, 250_000]);
    expect(state.unanswered).toBe(1);
  });

  it('is not once it is answered, and a new one has all its time', () => {
    const { clock, again, deadline } = setUp();
    deadline.offered();
    clock.advance(9_000);
    deadline.offered();
    clock.advance(9_000);
    expect(again).toEqual([]);
    deadline.settled();
    expect(clock.pending).toBe(0);
  });

  it('waits, uncounted, while it could not be answered', () => {
    const { clock, again, state, deadline } = setUp();
    state.sensible = false;
    deadline.offered();
    clock.advance(600_000);
    expect(state.unanswered).toBe(0);
    state.sensible = true;
    clock.advance(10_000);
    expect(again).toEqual([610_000]);
  });
});
