import { describe, expect, it } from 'vitest';
import { AnswerDeadline } from '../../../src/client/call/answer-deadline.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

function setUp() {
  const clock = new FakeClock();
  const repeated: number[] = [];
  const state = { answerable: true, unanswered: 0 };
  const deadline = new AnswerDeadline({
    clock,
    repeatOffer: () => {
      if (state.answerable) repeated.push(clock.monotonic());
      return state.answerable;
    },
    onUnanswered: () => {
      state.unanswered += 1;
    },
  });
  return { clock, repeated, state, deadline };
}

describe('an offer without an answer', () => {
  it('is sent again after 10 s, then with longer pauses up to a minute, forever; the application is told once', () => {
    const { clock, repeated, state, deadline } = setUp();
    deadline.start();
    clock.advance(250_000);
    expect(repeated).toEqual([10_000, 30_000, 70_000, 130_000, 190_000, 250_000]);
    expect(state.unanswered).toBe(1);
  });

  it('is not sent again once it is answered, and a new offer has its full time', () => {
    const { clock, repeated, deadline } = setUp();
    deadline.start();
    clock.advance(9_000);
    deadline.start();
    clock.advance(9_000);
    expect(repeated).toEqual([]);
    deadline.stop();
    expect(clock.pending).toBe(0);
  });

  it('waits, without counting, while it could not be answered', () => {
    const { clock, repeated, state, deadline } = setUp();
    state.answerable = false;
    deadline.start();
    clock.advance(600_000);
    expect(state.unanswered).toBe(0);
    state.answerable = true;
    clock.advance(10_000);
    expect(repeated).toEqual([610_000]);
  });
});
