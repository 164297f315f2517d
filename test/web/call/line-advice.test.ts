import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { Quality, UplinkLimit } from '../../../src/client/index.ts';
import { ADVICE_EVERY_MS, createLineAdvice } from '../../../src/web/call/line-advice.ts';
import { fakeCall } from '../fakes.ts';

function setUp(line: Quality | null = null) {
  const fake = fakeCall();
  fake.change({ line });
  const clock = { now: 1_000 };
  const limit = signal<UplinkLimit>('auto');
  const sendsPictures = signal(true);
  const { call } = fake;
  const advice = createLineAdvice({ call, uplink: { limit }, sendsPictures, now: () => clock.now });
  return { advice, clock, limit, sendsPictures, turn: (now: Quality | null) => fake.emit('line', now) };
}

describe('the advice about one’s own line', () => {
  it('comes when the line is poor and goes when it is good, not before', () => {
    const { advice, turn } = setUp();
    const shown = (['good', 'fair', 'poor', 'fair', 'good', 'fair'] as const).map((line) => {
      turn(line);
      return advice.shown.value;
    });
    expect(shown).toEqual([null, null, 'soundOnly', 'soundOnly', null, null]);
  });

  it('comes at once if the line is poor already, and goes when nobody is left to judge it by', () => {
    const { advice, turn } = setUp('poor');
    expect(advice.shown.value).toBe('soundOnly');
    turn(null);
    expect(advice.shown.value).toBeNull();
  });

  it('does not come again within some minutes, whether it was dismissed or not', () => {
    const { advice, clock, turn } = setUp('poor');
    advice.dismiss();
    for (const line of ['good', 'poor', 'fair', 'poor'] as const) turn(line);
    expect(advice.shown.value).toBeNull();
    clock.now += ADVICE_EVERY_MS - 1;
    turn('poor');
    expect(advice.shown.value).toBeNull();
    clock.now += 1;
    turn('poor');
    expect(advice.shown.value).toBe('soundOnly');
  });

  it('does not offer to stop what is not sent', () => {
    const { advice, sendsPictures } = setUp('poor');
    sendsPictures.value = false;
    expect(advice.shown.value).toBe('move');
  });

  it('says that sound alone is sent, until that is dismissed or over', () => {
    const { advice, limit, turn } = setUp('poor');
    limit.value = 'sound';
    expect(advice.shown.value).toBe('isSoundOnly');
    turn('poor');
    advice.dismiss();
    expect(advice.shown.value).toBeNull();
    limit.value = 500_000;
    expect(advice.shown.value).toBeNull();
    limit.value = 'sound';
    expect(advice.shown.value).toBe('isSoundOnly');
  });

  it('is not used up by a poor line while sound alone is sent', () => {
    const { advice, limit, turn } = setUp();
    limit.value = 'sound';
    turn('poor');
    limit.value = 'auto';
    expect(advice.shown.value).toBeNull();
    turn('poor');
    expect(advice.shown.value).toBe('soundOnly');
  });

  it('ends with the call', () => {
    const { advice, turn } = setUp();
    advice.close();
    turn('poor');
    expect(advice.shown.value).toBeNull();
  });
});
