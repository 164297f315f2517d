import { describe, expect, it } from 'vitest';
import { PathCheck } from '../../../src/client/call/path-check.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { settled } from '../signaling/wire.ts';

function setUp({ sends = true } = {}) {
  const clock = new FakeClock();
  const state = { received: 100, dead: 0, broken: false };
  const check = new PathCheck({
    clock,
    countReceived: () =>
      state.broken ? Promise.reject(new Error('closed')) : Promise.resolve(state.received),
    sendsMedia: () => sends,
    onDead: () => {
      state.dead += 1;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    await settled();
    clock.advance(ms);
    await settled();
  };
  return { clock, state, check, pass };
}

describe('a path after a network change', () => {
  it('is dead if nothing has come in for a second', async () => {
    const { check, state, pass } = setUp();
    check.start();
    await pass(999);
    expect(state.dead).toBe(0);
    await pass(1);
    expect(state.dead).toBe(1);
  });

  it('is left alone if anything has come in', async () => {
    const { clock, check, state, pass } = setUp();
    check.start();
    await pass(500);
    state.received += 1;
    await pass(60_000);
    expect(state.dead).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('of a peer that sends no media is dead after 4 s without a check of the browser', async () => {
    const { check, state, pass } = setUp({ sends: false });
    check.start();
    await pass(3_999);
    expect(state.dead).toBe(0);
    await pass(1);
    expect(state.dead).toBe(1);
  });

  it('is checked anew after a second change, and not once it is stopped', async () => {
    const { clock, check, state, pass } = setUp();
    check.start();
    await pass(900);
    check.start();
    await pass(900);
    check.stop();
    await pass(60_000);
    expect(state.dead).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('is not judged without stats', async () => {
    const { check, state, pass } = setUp();
    state.broken = true;
    check.start();
    await pass(60_000);
    state.broken = false;
    check.start();
    await settled();
    state.broken = true;
    await pass(60_000);
    expect(state.dead).toBe(0);
  });
});
