import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAwake } from '../../../src/web/call/wake-lock.ts';
import { keepPlaying } from '../../../src/web/media/keep-playing.ts';
import { watchLevel } from '../../../src/web/media/level-meter.ts';
import { attempt, startOptional } from '../../../src/web/optional-features.ts';
import { fakeTrack } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A media element that the system can pause. */
function fakePlayer(refuse?: () => unknown) {
  const target = new EventTarget();
  const player = Object.assign(target, {
    paused: true,
    plays: 0,
    play(): Promise<void> {
      player.plays += 1;
      if (refuse !== undefined) throw refuse();
      player.paused = false;
      target.dispatchEvent(new Event('playing'));
      return Promise.resolve();
    },
    bySystem() {
      player.paused = true;
      target.dispatchEvent(new Event('pause'));
    },
  });
  return player;
}

function setUp(refuse?: () => unknown) {
  const player = fakePlayer(refuse);
  const track = Object.assign(new EventTarget(), { readyState: 'live' as MediaStreamTrackState });
  let back: () => void = () => {};
  let blocked = 0;
  const stop = keepPlaying(player, track, {
    onBlocked: () => {
      blocked += 1;
    },
    subscribe: (listener) => {
      back = listener;
      return () => {
        back = () => {};
      };
    },
    now: () => Date.now(),
  });
  return { player, track, stop, back: () => back(), timesBlocked: () => blocked };
}

describe('playback that the system pauses', () => {
  it('resumes at once', () => {
    const { player } = setUp();
    vi.advanceTimersByTime(60_000);
    player.bySystem();
    expect(player.paused).toBe(false);
  });

  it('resumes less and less often if it is paused again and again', () => {
    const { player } = setUp();
    player.play = () => {
      player.plays += 1;
      queueMicrotask(() => player.bySystem());
      return Promise.resolve();
    };
    vi.advanceTimersByTime(60_000);
    player.bySystem();
    return vi.advanceTimersByTimeAsync(60_000).then(() => {
      expect(player.plays).toBeGreaterThan(5);
      expect(player.plays).toBeLessThan(20);
    });
  });

  it.each(['return', 'unmute'] as const)('resumes on %s', (how) => {
    const { player, track, back } = setUp();
    player.paused = true;
    if (how === 'return') back();
    else track.dispatchEvent(new Event('unmute'));
    expect(player.paused).toBe(false);
  });

  it('stays paused after it was stopped, or after its track has ended', () => {
    const over = setUp();
    over.stop();
    over.player.bySystem();
    over.back();
    over.track.dispatchEvent(new Event('unmute'));
    expect([over.player.paused, over.player.plays, vi.getTimerCount()]).toEqual([true, 1, 0]);
    const ended = setUp();
    ended.track.readyState = 'ended';
    ended.player.bySystem();
    expect(ended.player.plays).toBe(1);
  });

  it('reports that a click is needed, and no other refusal', () => {
    expect(setUp(() => new DOMException('', 'NotAllowedError')).timesBlocked()).toBe(1);
    expect(setUp(() => new DOMException('', 'AbortError')).timesBlocked()).toBe(0);
  });
});

describe('the wake lock', () => {
  it('is requested again on each return, and released at the end', async () => {
    const locks: { released: boolean; release(): Promise<void> }[] = [];
    const wakeLock = {
      async request() {
        const lock = {
          released: false,
          async release() {
            lock.released = true;
          },
        };
        locks.push(lock);
        return lock;
      },
    } as unknown as WakeLock;
    let back: () => void = () => {};
    const stop = keepAwake(wakeLock, (listener) => {
      back = listener;
      return () => {};
    });
    await vi.advanceTimersByTimeAsync(0);
    back();
    back();
    await vi.advanceTimersByTimeAsync(0);
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
    back();
    await vi.advanceTimersByTimeAsync(0);
    expect(locks.map(({ released }) => released)).toEqual([true, false]);
    stop();
    expect(locks.map(({ released }) => released)).toEqual([true, true]);
  });
});

describe('an optional feature', () => {
  const broken = () => {
    throw new Error('broken');
  };

  it.each([
    ['is missing', () => vi.stubGlobal('AudioContext', undefined)],
    [
      'can’t be made',
      () =>
        vi.stubGlobal(
          'AudioContext',
          class {
            constructor() {
              broken();
            }
          },
        ),
    ],
    [
      'can’t be connected, nor closed',
      () =>
        vi.stubGlobal(
          'AudioContext',
          class {
            createMediaStreamSource = broken;
            close = broken;
          },
        ),
    ],
  ])('does no harm if it %s', (_, breakIt) => {
    breakIt();
    const stop = watchLevel(fakeTrack('audio'), () => {});
    expect(stop).not.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does no harm if it fails to play, to lock, to listen or to stop', () => {
    const player = fakePlayer(() => new Error('broken'));
    const track = Object.assign(new EventTarget(), { readyState: 'live' as const });
    expect(keepPlaying(player, track, { subscribe: broken })).not.toThrow();
    expect(keepAwake({ request: broken } as unknown as WakeLock, broken)).not.toThrow();
    expect(keepAwake(undefined, broken)).not.toThrow();
    expect(startOptional(() => broken)).not.toThrow();
    expect(() => attempt(broken)).not.toThrow();
  });

  it('does no harm if it fails later', async () => {
    const failures: unknown[] = [];
    attempt(
      () => Promise.reject(new Error('later')),
      (error) => failures.push(error),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(failures).toHaveLength(1);
  });
});
