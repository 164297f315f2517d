import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ParleyClientError } from '../../../src/client/index.ts';
import { createPolled, POLL_MS } from '../../../src/web/admin/polled.ts';
import { deferred } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const state = { visible: true, loads: 0, error: null as Error | null };
  let back: () => void = () => {};
  const polled = createPolled({
    async load() {
      state.loads += 1;
      if (state.error !== null) throw state.error;
      return state.loads;
    },
    everyMs: POLL_MS,
    isVisible: () => state.visible,
    subscribe: (listener) => {
      back = listener;
      return () => {
        back = () => {};
      };
    },
    now: () => Date.now(),
  });
  return { state, polled, back: () => back() };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('what the console polls', () => {
  it('is loaded at once, then now and then', async () => {
    const { state, polled } = setUp();
    polled.start();
    await pass(0);
    expect(polled.value.value).toBe(1);
    await pass(3 * POLL_MS);
    expect([state.loads, polled.value.value]).toEqual([4, 4]);
  });

  it('is not loaded in a hidden tab, and at once when the tab is shown again', async () => {
    const { state, polled, back } = setUp();
    polled.start();
    await pass(0);
    state.visible = false;
    await pass(3_600_000);
    expect(state.loads).toBe(1);
    state.visible = true;
    back();
    await pass(0);
    expect(state.loads).toBe(2);
    await pass(POLL_MS);
    expect(state.loads).toBe(3);
  });

  it('is not loaded more often because dialogs take and return the focus', async () => {
    const { state, polled, back } = setUp();
    polled.start();
    for (let focus = 0; focus < 50; focus += 1) {
      await pass(20);
      back();
    }
    expect(state.loads).toBeLessThan(4);
  });

  it('stays as it was while the server does not answer, and is asked for less often then', async () => {
    const { state, polled } = setUp();
    polled.start();
    await pass(0);
    state.error = new ParleyClientError('network', 'away');
    await pass(600_000);
    expect(polled.value.value).toBe(1);
    expect(polled.failure.value?.code).toBe('network');
    expect(state.loads).toBeLessThan(16);
    state.error = null;
    await polled.refresh();
    expect(polled.failure.value).toBeNull();
  });

  it('is loaded after a change, even if an older load is under way', async () => {
    const answers = [deferred<string>(), deferred<string>()];
    let loads = 0;
    const polled = createPolled({
      load: () => answers[loads++]?.promise ?? Promise.reject(new Error('a third load')),
      everyMs: POLL_MS,
      isVisible: () => true,
      subscribe: () => () => {},
    });
    const stop = polled.start();
    await pass(0);
    const refreshed = Promise.all([polled.refresh(), polled.refresh()]);
    expect(loads).toBe(1);
    answers[0]?.resolve('before');
    await pass(0);
    answers[1]?.resolve('after');
    await refreshed;
    expect([loads, polled.value.value]).toEqual([2, 'after']);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not loaded any more once the section is left', async () => {
    const { state, polled } = setUp();
    const stop = polled.start();
    await pass(0);
    stop();
    await pass(10 * POLL_MS);
    expect([state.loads, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
