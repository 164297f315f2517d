import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Room } from '../../../src/client/index.ts';
import { POLL_MS, pollRoom } from '../../../src/web/lobby/room-poll.ts';
import { ROOM } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(first: Room | null = ROOM) {
  const state = { room: ROOM as Room, error: null as unknown, visible: true, finds: 0 };
  const seen: number[] = [];
  const failures: unknown[] = [];
  let back: () => void = () => {};
  const stop = pollRoom(first, {
    async find() {
      state.finds += 1;
      if (state.error !== null) throw state.error;
      return state.room;
    },
    onChange: ({ participants }) => seen.push(participants),
    onFailure: (error) => failures.push(error),
    isVisible: () => state.visible,
    subscribe: (listener) => {
      back = listener;
      return () => {
        back = () => {};
      };
    },
    now: () => Date.now(),
  });
  return { state, seen, failures, stop, back: () => back() };
}

const minutes = (n: number) => vi.advanceTimersByTimeAsync(n * 60_000);

describe('the room poll', () => {
  it('reports a change once, and nothing while nothing changes', async () => {
    const { state, seen } = setUp();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([state.finds, seen]).toEqual([1, []]);
    state.room = { ...ROOM, participants: 3 };
    await minutes(1);
    state.room = { ...ROOM, participants: 2 };
    await minutes(1);
    expect(seen).toEqual([3, 2]);
  });

  it('slows down while nothing changes, and more while the server can’t be reached', async () => {
    const { state, failures } = setUp();
    await minutes(10);
    const quiet = state.finds;
    expect(quiet).toBeGreaterThan(50);
    expect(quiet).toBeLessThan(75);
    state.error = new Error('away');
    await minutes(10);
    expect(state.finds - quiet).toBeLessThan(20);
    expect(failures).toHaveLength(state.finds - quiet);
  });

  it('pauses while the page is hidden, and polls at once when it is shown', async () => {
    const { state, seen, back } = setUp();
    state.visible = false;
    await minutes(10);
    expect(state.finds).toBe(0);
    state.visible = true;
    state.room = { ...ROOM, participants: 1 };
    back();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([1]);
    await minutes(1);
    expect(state.finds).toBeGreaterThan(5);
  });

  it('is not sped up by typing', async () => {
    const { state, back } = setUp();
    for (let key = 0; key < 100; key += 1) {
      await vi.advanceTimersByTimeAsync(50);
      back();
    }
    expect(state.finds).toBeLessThan(6);
  });

  it('reports the first answer if the room’s state was unknown', async () => {
    const { seen } = setUp(null);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(seen).toEqual([0]);
  });

  it('stops with the lobby, even if an answer is pending', async () => {
    const { state, seen, stop } = setUp();
    state.room = { ...ROOM, participants: 1 };
    vi.advanceTimersByTime(POLL_MS);
    stop();
    await minutes(1);
    expect([state.finds, seen, vi.getTimerCount()]).toEqual([1, [], 0]);
  });
});
