import { describe, expect, it } from 'vitest';
import { IceRecovery } from '../../../src/client/call/ice-recovery.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

function setUp({ polite = false, reachable = true, replaceable = true } = {}) {
  const clock = new FakeClock();
  const restarts: number[] = [];
  const replaced: number[] = [];
  const state = { reachable, broken: false, gaveUp: 0, unreachable: 0 };
  const recovery = new IceRecovery({
    clock,
    isPolite: () => polite,
    isReachable: () => state.reachable,
    restart: () => restarts.push(clock.monotonic()),
    isBroken: () => state.broken,
    replace: () => {
      if (replaceable) replaced.push(clock.monotonic());
      return replaceable;
    },
    onUnreachable: () => {
      state.unreachable += 1;
    },
    onGaveUp: () => {
      state.gaveUp += 1;
    },
  });
  return { clock, recovery, restarts, replaced, state };
}

describe('ICE recovery', () => {
  it('restarts a failed connection at once', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('failed');
    clock.advance(0);
    expect(restarts).toEqual([0]);
  });

  it('lets the impolite side restart first', () => {
    const { clock, recovery, restarts } = setUp({ polite: true });
    recovery.noteState('failed');
    clock.advance(1_999);
    expect(restarts).toEqual([]);
    clock.advance(1);
    expect(restarts).toEqual([2_000]);
  });

  it('gives a disconnected connection 4 s to recover by itself', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('disconnected');
    clock.advance(3_999);
    recovery.noteState('connected');
    clock.advance(60_000);
    expect(restarts).toEqual([]);
    recovery.noteState('disconnected');
    clock.advance(4_000);
    expect(restarts).toHaveLength(1);
  });

  it('replaces the connection if a restart after a move of this side brings nothing at once', () => {
    const { clock, recovery, restarts, replaced } = setUp({ polite: true });
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    // Signs come in numbers: the line to the server is back, the browser says `online`.
    recovery.retry('own');
    clock.advance(100);
    recovery.retry('own');
    clock.advance(649);
    expect([restarts, replaced]).toEqual([[0], []]);
    clock.advance(1);
    expect(replaced).toEqual([750]);
    clock.advance(60_000);
    expect([restarts, replaced]).toEqual([[0], [750]]);
  });

  it('replaces a connection at once that no restart can mend, without waiting for the other side', () => {
    const { clock, recovery, restarts, replaced, state } = setUp({ polite: true });
    recovery.noteState('connected');
    recovery.noteState('disconnected');
    clock.advance(1_000);
    state.broken = true;
    recovery.noteState('failed');
    clock.advance(0);
    expect([restarts, replaced]).toEqual([[], [1_000]]);
  });

  it('replaces it as soon as the peer can be reached', () => {
    const { clock, recovery, restarts, replaced, state } = setUp({ reachable: false });
    recovery.noteState('connected');
    state.broken = true;
    recovery.noteState('failed');
    clock.advance(10_000);
    expect(replaced).toEqual([]);
    state.reachable = true;
    recovery.retry('own');
    clock.advance(0);
    expect([restarts, replaced]).toEqual([[], [10_000]]);
  });

  it('replaces no connection that never worked, however broken: the next would be no better', () => {
    const { clock, recovery, restarts, replaced, state } = setUp();
    state.broken = true;
    recovery.noteState('failed');
    clock.advance(0);
    expect([restarts, replaced]).toEqual([[0], []]);
  });

  it('restarts what is broken and can’t be replaced', () => {
    const { clock, recovery, restarts, state } = setUp({ replaceable: false });
    recovery.noteState('connected');
    state.broken = true;
    recovery.noteState('failed');
    clock.advance(0);
    expect(restarts).toEqual([0]);
  });

  it('replaces nothing that is back, nor for a peer that moved, nor what can’t be replaced', () => {
    const back = setUp();
    back.recovery.noteState('connected');
    back.recovery.noteDead('own');
    back.clock.advance(749);
    back.recovery.noteAlive();
    back.clock.advance(60_000);
    expect(back.replaced).toEqual([]);
    const moved = setUp();
    moved.recovery.noteState('connected');
    moved.recovery.noteDead('peer');
    moved.clock.advance(60_000);
    expect(moved.replaced).toEqual([]);
    const bare = setUp({ replaceable: false });
    bare.recovery.noteState('connected');
    bare.recovery.noteDead('own');
    bare.clock.advance(7_000);
    expect(bare.restarts).toEqual([0, 750]);
  });

  it('replaces the connection if the peer answers the restart and media still doesn’t come, as without UDP', () => {
    const { clock, recovery, restarts, replaced } = setUp();
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(200);
    recovery.noteAnswered();
    clock.advance(749);
    expect([restarts, replaced]).toEqual([[0], []]);
    clock.advance(1);
    expect(replaced).toEqual([950]);
    clock.advance(60_000);
    expect([restarts, replaced]).toEqual([[0], [950]]);
  });

  it('does so too if the offer had to wait for the line to the server, which was lost with the path', () => {
    const { clock, recovery, restarts, replaced } = setUp();
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(400);
    recovery.retry('own');
    clock.advance(50);
    recovery.noteAnswered();
    clock.advance(749);
    expect([restarts, replaced]).toEqual([[0], []]);
    clock.advance(1);
    expect([restarts, replaced]).toEqual([[0], [1_200]]);
  });

  it('replaces nothing on an answer to an offer that was no try', () => {
    const { clock, recovery, restarts, replaced } = setUp({ polite: true });
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    recovery.noteAnswered();
    clock.advance(7_999);
    expect([restarts, replaced]).toEqual([[2_000], []]);
  });

  it('replaces nothing on an answer if media comes, if the path was alive, or at a later try', () => {
    const back = setUp();
    back.recovery.noteState('connected');
    back.recovery.noteAnswered();
    back.recovery.noteDead('unknown');
    back.clock.advance(100);
    back.recovery.noteAnswered();
    back.recovery.noteAlive();
    back.clock.advance(60_000);
    expect([back.restarts, back.replaced]).toEqual([[0], []]);
    const late = setUp();
    late.recovery.noteState('connected');
    late.recovery.noteDead('unknown');
    late.clock.advance(6_000);
    late.recovery.noteAnswered();
    late.clock.advance(7_999);
    expect([late.restarts, late.replaced]).toEqual([[0, 6_000], []]);
  });

  it('leaves a connected path alone', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('connected');
    recovery.retry('own');
    clock.advance(60_000);
    expect(restarts).toEqual([]);
  });

  it('tries six times with longer pauses, then every minute, and starts over when the network changes', () => {
    const { clock, recovery, restarts, state } = setUp();
    recovery.noteState('failed');
    for (let minutes = 0; minutes < 10; minutes += 1) {
      clock.advance(60_000);
      recovery.noteState('failed');
    }
    expect(restarts.slice(0, 8)).toEqual([0, 6_000, 14_000, 26_000, 46_000, 76_000, 136_000, 196_000]);
    expect(state.gaveUp).toBe(1);
    const before = restarts.length;
    clock.advance(2_000);
    recovery.retry('own');
    clock.advance(0);
    expect(restarts).toHaveLength(before + 1);
    clock.advance(6_000);
    expect(restarts).toHaveLength(before + 2);
  });

  it('offers again to a peer that never answers, reports it as unreachable after 24 s, and goes on', () => {
    const { clock, recovery, restarts, state } = setUp({ polite: true });
    recovery.start();
    recovery.start();
    clock.advance(9_999);
    expect(restarts).toEqual([]);
    clock.advance(14_000);
    expect(restarts).toEqual([10_000, 16_000]);
    expect(state.unreachable).toBe(0);
    clock.advance(1);
    expect(state.unreachable).toBe(1);
    clock.advance(600_000);
    expect(restarts.length).toBeGreaterThan(10);
  });

  it('restarts if the checks never end, as in a browser that never reports failed', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.start();
    clock.advance(9_000);
    recovery.noteState('connecting');
    clock.advance(14_999);
    expect(restarts).toEqual([]);
    clock.advance(1);
    recovery.noteState('connecting');
    clock.advance(6_000);
    expect(restarts).toEqual([24_000, 30_000]);
    recovery.noteState('connected');
    clock.advance(600_000);
    expect(restarts).toHaveLength(2);
  });

  it('makes up for a try that fell due while the peer was unreachable, and hurries no other', () => {
    const { clock, recovery, restarts, state } = setUp({ reachable: false });
    recovery.retry('unknown');
    recovery.start();
    recovery.retry('unknown');
    clock.advance(0);
    clock.advance(10_000);
    expect(restarts).toEqual([]);
    state.reachable = true;
    recovery.retry('unknown');
    clock.advance(0);
    expect(restarts).toEqual([10_000]);
  });

  it('restarts a dead path though it still says connected, and stops when something comes in', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(0);
    expect(restarts).toEqual([0]);
    clock.advance(6_000);
    expect(restarts).toEqual([0, 6_000]);
    recovery.noteAlive();
    clock.advance(60_000);
    expect(restarts).toHaveLength(2);
  });

  it.each([
    ['own', false, 0],
    ['own', true, 0],
    ['peer', false, 2_000],
    ['peer', true, 2_000],
    ['unknown', false, 0],
    ['unknown', true, 2_000],
  ] as const)('if the network that changed is %s (polite: %s), waits %i ms', (whose, polite, ms) => {
    const { clock, recovery, restarts } = setUp({ polite });
    recovery.noteState('connected');
    recovery.noteDead(whose);
    clock.advance(60_000);
    expect(restarts[0]).toBe(ms);
  });

  it('does not restart if the other side has done so within its courtesy', () => {
    const { clock, recovery, restarts } = setUp({ polite: true });
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(1_900);
    recovery.noteAlive();
    clock.advance(60_000);
    expect(restarts).toEqual([]);
  });

  it('learns that the change was its own, and waits no longer', () => {
    const { clock, recovery, restarts } = setUp({ polite: true });
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(500);
    recovery.retry('own');
    clock.advance(0);
    expect(restarts).toEqual([500]);
  });

  it('lets the peer restart that has come back, but no longer than its courtesy', () => {
    const { clock, recovery, restarts, state } = setUp({ reachable: false });
    recovery.noteState('connected');
    recovery.noteDead('unknown');
    clock.advance(10_000);
    state.reachable = true;
    recovery.retry('peer');
    clock.advance(1_999);
    expect(restarts).toEqual([]);
    clock.advance(1);
    expect(restarts).toEqual([12_000]);
  });

  it('makes no storm of a storm of signs: a restart every 1.5 s at most', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('connected');
    for (let times = 0; times < 100; times += 1) {
      recovery.noteDead('unknown');
      recovery.retry('unknown');
      recovery.noteState(times % 2 === 0 ? 'disconnected' : 'failed');
      recovery.retry('peer');
      clock.advance(100);
    }
    expect(restarts).toEqual([0, 1_500, 3_000, 4_500, 6_000, 7_500, 9_000]);
  });

  it('hurries a slow try after the machine slept', () => {
    const { clock, recovery, restarts } = setUp();
    recovery.noteState('failed');
    clock.advance(1_000);
    clock.jump(3_600_000);
    recovery.retry('own');
    clock.advance(0);
    expect(restarts).toEqual([0, 1_000]);
  });

  it('waits for signaling, without which nothing can be offered', () => {
    const { clock, recovery, restarts, state } = setUp({ reachable: false });
    recovery.noteState('failed');
    clock.advance(60_000);
    expect(restarts).toEqual([]);
    state.reachable = true;
    recovery.retry('unknown');
    clock.advance(0);
    expect(restarts).toHaveLength(1);
  });

  it('leaves no timer behind', () => {
    const { clock, recovery } = setUp();
    recovery.noteState('disconnected');
    recovery.stop();
    expect(clock.pending).toBe(0);
  });
});
