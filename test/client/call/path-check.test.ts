import { describe, expect, it } from 'vitest';
import { PathCheck } from '../../../src/client/call/path-check.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { settled } from '../signaling/wire.ts';

function setUp({ sends = true, answers = true, opens = true } = {}) {
  const clock = new FakeClock();
  const state = {
    ...{ sends, answers, opens, broken: false },
    ...{ packet: 1, data: 100, checks: 0 },
    ...{ asked: 0, counted: 0, doubts: 0, dead: [] as number[], back: [] as number[] },
  };
  const check = new PathCheck({
    clock,
    newestPacket: () => (state.packet === 0 ? undefined : state.packet),
    countReceived: () => {
      state.counted += 1;
      const { data, checks } = state;
      return state.broken ? Promise.reject(new Error('closed')) : Promise.resolve({ data, checks });
    },
    ask: () => {
      if (!state.opens) return false;
      state.asked += 1;
      if (state.answers) state.data += 1;
      return true;
    },
    sendsMedia: () => state.sends,
    onDoubt: () => {
      state.doubts += 1;
    },
    onDead: () => state.dead.push(clock.monotonic()),
    onBack: () => state.back.push(clock.monotonic()),
  });
  /** Lets time pass, with or without media that comes in. */
  const pass = async (ms: number, media = false): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      if (media) state.packet += 1;
      clock.advance(50);
      await settled();
    }
  };
  check.start();
  return { clock, state, check, pass };
}

describe('a path', () => {
  it('with media is alive, and costs no stats', async () => {
    const { state, pass } = setUp();
    await pass(60_000, true);
    expect(state).toMatchObject({ dead: [], doubts: 0, counted: 0, asked: 0 });
  });

  it('is dead within 1.5 s after the last packet, if the peer gives no answer; it says so once', async () => {
    const { state, pass } = setUp({ answers: false });
    await pass(2_000, true);
    await pass(60_000);
    expect(state.dead).toHaveLength(1);
    expect(state.dead[0]).toBeGreaterThanOrEqual(3_000);
    expect(state.dead[0]).toBeLessThanOrEqual(3_500);
    expect(state.asked).toBe(1);
  });

  it('is alive if the peer has only stopped sending: it answers', async () => {
    const { state, pass } = setUp();
    await pass(2_000, true);
    await pass(60_000);
    expect(state.dead).toEqual([]);
    expect(state.asked).toBeGreaterThan(1);
  });

  it('without media is counted at most once a second, and asked when nothing comes in for 2.5 s', async () => {
    const { state, pass } = setUp();
    state.packet = 0;
    await pass(10_000);
    expect(state.counted).toBeLessThanOrEqual(10 + 2 * state.asked);
    expect(state.asked).toBeGreaterThanOrEqual(2);
    state.answers = false;
    await pass(4_000);
    expect(state.dead).toHaveLength(1);
  });

  it('is left to ICE if the peer can’t be asked and says that it sends nothing', async () => {
    const { state, pass } = setUp({ opens: false, sends: false });
    await pass(2_000, true);
    await pass(60_000);
    expect(state.dead).toEqual([]);
  });

  it('is dead if the peer can’t be asked, but says that it sends', async () => {
    const { state, pass } = setUp({ opens: false });
    await pass(2_000, true);
    await pass(2_000);
    expect(state.dead).toHaveLength(1);
  });

  it('is checked at once when the network has changed', async () => {
    const { check, state, pass } = setUp({ answers: false });
    await pass(1_000, true);
    check.expect();
    await settled();
    await pass(600);
    expect(state.dead).toEqual([1_600]);
  });

  it('is dead at once if the network has changed while it was silent, and not for two changes in a row', async () => {
    const silent = setUp({ answers: false });
    await silent.pass(1_000, true);
    await silent.pass(800);
    silent.check.expect();
    expect(silent.state.dead).toHaveLength(1);
    const moved = setUp({ answers: false });
    await moved.pass(1_000, true);
    moved.check.expect();
    await settled();
    moved.check.expect();
    await moved.pass(5_000, true);
    expect(moved.state.dead).toEqual([]);
  });

  it('is left alone if media goes on after the network has changed', async () => {
    const { check, state, pass } = setUp({ answers: false });
    await pass(1_000, true);
    check.expect();
    await pass(5_000, true);
    expect(state).toMatchObject({ dead: [], doubts: 0 });
  });

  it('of a peer that can’t be asked and sends nothing is dead 4 s after a change without a check of ICE', async () => {
    const { check, state, pass } = setUp({ opens: false, sends: false });
    await pass(1_000);
    check.expect();
    await pass(3_900);
    state.checks += 1;
    await pass(200);
    expect(state.dead).toEqual([]);
    check.expect();
    await pass(4_050);
    expect(state.dead).toHaveLength(1);
  });

  it('is checked when the machine wakes up', async () => {
    const { clock, state, pass } = setUp({ answers: false });
    await pass(1_000, true);
    clock.jump(3_600_000);
    await pass(250);
    expect(state.doubts).toBe(1);
    await pass(600);
    expect(state.dead).toHaveLength(1);
  });

  it('that is dead raises a doubt each second, and is back with the first packet', async () => {
    const { state, pass } = setUp({ answers: false });
    await pass(1_000, true);
    await pass(2_000);
    const before = state.doubts;
    await pass(5_000);
    expect(state.doubts - before).toBeGreaterThanOrEqual(4);
    expect(state.doubts - before).toBeLessThanOrEqual(6);
    await pass(250, true);
    expect(state.back).toEqual([8_250]);
    await pass(5_000, true);
    expect(state).toMatchObject({ back: [8_250], dead: [expect.any(Number)] });
  });

  it('that is dead is back with other data, but not with checks of ICE', async () => {
    const { check, state, pass } = setUp();
    await pass(1_000, true);
    check.giveUp();
    await pass(1_000);
    state.checks += 10;
    await pass(2_000);
    expect(state).toMatchObject({ dead: [], back: [] });
    state.data += 10;
    await pass(1_000);
    expect(state.back).toHaveLength(1);
  });

  it('that is dead is not back because ICE says so, if the peer sends media: its browser may hold on to the dead pair', async () => {
    const { state, check, pass } = setUp({ answers: false });
    await pass(2_000, true);
    await pass(2_000);
    expect(check.start()).toBe(false);
    await pass(1_000);
    expect([state.dead.length, state.back]).toEqual([1, []]);
    await pass(300, true);
    expect(state.back).toHaveLength(1);
    expect(check.start()).toBe(true);
  });

  it('that is dead is back when ICE says so, if the peer sends nothing', async () => {
    const { state, check, pass } = setUp({ answers: false });
    await pass(2_000, true);
    state.sends = false;
    await pass(2_000);
    expect(check.start()).toBe(true);
    expect([state.dead.length, state.back.length]).toEqual([1, 1]);
  });

  it('is not judged without stats', async () => {
    const { state, pass } = setUp({ answers: false });
    state.broken = true;
    await pass(1_000, true);
    await pass(60_000);
    expect(state.dead).toEqual([]);
  });

  it('leaves no timer behind', async () => {
    const { clock, check, state, pass } = setUp({ answers: false });
    await pass(1_000, true);
    await pass(1_000);
    check.stop();
    await pass(10_000);
    expect(state.dead).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
