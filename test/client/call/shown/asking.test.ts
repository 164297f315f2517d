import { describe, expect, it } from 'vitest';
import type { ControlMessage } from '../../../../src/client/call/control/control-messages.ts';
import { Asking, settled, TELL_MS } from '../../../../src/client/call/shown/asking.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';

const WHOLE = { height: 8_640, first: false };
const at = (height: number, first = false) => ({ height, first });

/** @param open whether the channel is open from the start */
function setUp({ open = true } = {}) {
  const clock = new FakeClock();
  const sent: ControlMessage[] = [];
  const channel = { open };
  const asking = new Asking({
    clock,
    send: (message) => {
      if (channel.open) sent.push(message);
      return channel.open;
    },
  });
  const cameras = () => sent.map((message) => message.type === 'shown' && message.camera.height);
  return { clock, sent, cameras, channel, asking };
}

describe('what a peer is told of its pictures', () => {
  it('is nothing until something is said, and then the other picture in full', () => {
    const { clock, sent, asking } = setUp();
    asking.tellAll();
    expect(sent).toEqual([]);
    asking.want('camera', { height: 179.2 });
    clock.advance(TELL_MS);
    expect(sent).toEqual([{ v: 1, type: 'shown', camera: at(180), screen: WHOLE }]);
  });

  it('comes in one message for both pictures', () => {
    const { clock, sent, asking } = setUp();
    asking.want('camera', { height: 180 });
    asking.want('screen', { height: 720, first: true });
    clock.advance(TELL_MS);
    expect(sent).toEqual([{ v: 1, type: 'shown', camera: at(180), screen: at(720, true) }]);
  });

  it('comes ten times a second while a window is dragged larger, the last size included', () => {
    const { clock, cameras, asking } = setUp();
    for (let frame = 0; frame <= 60; frame += 1) {
      asking.want('camera', { height: 200 + frame * 10 });
      clock.advance(16);
    }
    clock.advance(TELL_MS);
    expect(cameras().length).toBeLessThanOrEqual(12);
    expect(cameras().at(-1)).toBe(800);
  });

  it.each([
    ['a little smaller', 342, []],
    ['smaller', 341, [341]],
    ['a little larger', 361, [361]],
    ['the same', 360, []],
  ])('leaves out what is %s', (_, height, told) => {
    const { clock, cameras, asking } = setUp();
    asking.want('camera', { height: 360 });
    clock.advance(TELL_MS);
    asking.want('camera', { height });
    clock.advance(TELL_MS);
    expect(cameras().slice(1)).toEqual(told);
  });

  it('does not creep down with sizes that are each a little smaller', () => {
    const { clock, cameras, asking } = setUp();
    for (let height = 400; height >= 300; height -= 1) {
      asking.want('camera', { height });
      clock.advance(TELL_MS);
    }
    expect(cameras()).toEqual([400, 379, 360, 341, 323, 306]);
  });

  it('keeps the size that was told if only the order changes', () => {
    expect(settled(at(360), at(350, true))).toEqual(at(360, true));
    expect(settled(at(360), at(350))).toEqual(at(360));
    expect(settled(at(360), at(0))).toEqual(at(0));
    expect(settled(at(0), at(1))).toEqual(at(1));
  });

  it('is told at once when the page is hidden, and when a picture comes back', () => {
    const { clock, cameras, asking } = setUp();
    asking.want('camera', { height: 360 });
    clock.advance(TELL_MS);
    asking.want('camera', { height: 0 }, true);
    expect(cameras()).toEqual([360, 0]);
    asking.want('camera', { height: 360 });
    expect(cameras()).toEqual([360, 0, 360]);
    expect(clock.pending).toBe(0);
  });

  it('waits before a picture is hidden otherwise: another place may take it over', () => {
    const { clock, cameras, asking } = setUp();
    asking.want('camera', { height: 360 });
    clock.advance(TELL_MS);
    clock.advance(TELL_MS);
    asking.want('camera', { height: 0 });
    asking.want('camera', { height: 350 });
    clock.advance(TELL_MS);
    expect(cameras()).toEqual([360]);
    asking.want('camera', { height: 0 });
    clock.advance(TELL_MS);
    expect(cameras()).toEqual([360, 0]);
  });

  it('is bounded for an application that hides and shows without end', () => {
    const { clock, cameras, asking } = setUp();
    for (let times = 0; times < 1_000; times += 1) {
      asking.want('camera', { height: times % 2 === 0 ? 0 : 360 }, true);
      clock.advance(1);
    }
    clock.advance(TELL_MS);
    expect(cameras().length).toBeLessThanOrEqual(60);
    expect(cameras().at(-1)).toBe(360);
  });

  it('is told again by each new connection, also what changed in between', () => {
    const { clock, cameras, channel, asking } = setUp({ open: false });
    asking.want('camera', { height: 360 });
    clock.advance(TELL_MS);
    expect(cameras()).toEqual([]);
    channel.open = true;
    asking.tellAll();
    asking.forget();
    asking.tellAll();
    expect(cameras()).toEqual([360, 360]);
  });

  it('leaves no timer when the peer is gone', () => {
    const { clock, asking } = setUp();
    asking.want('camera', { height: 360 });
    asking.close();
    asking.want('camera', { height: 720 });
    expect(clock.pending).toBe(0);
  });
});
