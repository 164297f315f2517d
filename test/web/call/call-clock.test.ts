import { effect } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockText, createCallClock } from '../../../src/web/call/call-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the call clock', () => {
  it('changes once a second, by one', () => {
    const clock = createCallClock();
    const shown: number[] = [];
    const stop = effect(() => void shown.push(clock.seconds.value));
    vi.advanceTimersByTime(3_999);
    expect(shown).toEqual([0, 1, 2, 3]);
    stop();
    clock.close();
  });

  it('is right after its timer was delayed, as in a background tab', () => {
    let ms = 5_000;
    const clock = createCallClock(() => ms);
    ms += 125_400;
    vi.advanceTimersByTime(1_000);
    expect(clock.seconds.value).toBe(125);
    // The next tick is due at the next full second.
    ms += 600;
    vi.advanceTimersByTime(600);
    expect(clock.seconds.value).toBe(126);
    clock.close();
  });

  it('leaves no timer behind', () => {
    createCallClock().close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [0, '0:00'],
    [7, '0:07'],
    [59, '0:59'],
    [60, '1:00'],
    [723, '12:03'],
    [3_599, '59:59'],
    [3_600, '1:00:00'],
    [3_723, '1:02:03'],
    [360_000, '100:00:00'],
  ])('writes %i seconds as %s', (seconds, text) => {
    expect(clockText(seconds)).toBe(text);
  });
});
