import { describe, expect, it } from 'vitest';
import { ControlChannel } from '../../../../src/client/call/control/control-channel.ts';
import { READ_PER_SECOND } from '../../../../src/client/call/control/control-inbox.ts';
import {
  CONTROL_CHARACTERS,
  type ControlMessage,
} from '../../../../src/client/call/control/control-messages.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';

class FakeDataChannel extends EventTarget {
  readyState = 'connecting';
  bufferedAmount = 0;
  refuses = false;
  readonly sent: string[] = [];

  send(text: string): void {
    if (this.refuses) throw new DOMException('closing', 'InvalidStateError');
    this.sent.push(text);
  }
  open(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }
  hear(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  close(): void {
    this.readyState = 'closed';
  }
}

function setUp() {
  const clock = new FakeClock();
  const fake = new FakeDataChannel();
  const made: unknown[] = [];
  const heard: ControlMessage[] = [];
  let opened = 0;
  const peer = {
    createDataChannel: (...how: unknown[]) => {
      made.push(how);
      return fake;
    },
  };
  const channel = new ControlChannel({
    peer: peer as unknown as RTCPeerConnection,
    clock,
    onOpen: () => {
      opened += 1;
    },
    onMessage: (message) => heard.push(message),
  });
  return { clock, fake, made, heard, channel, opened: () => opened };
}

const held = (camera: boolean, screen = false): ControlMessage => ({ v: 1, type: 'held', camera, screen });
const shown = (height: number): ControlMessage => {
  const picture = { height, first: false };
  return { v: 1, type: 'shown', camera: picture, screen: picture };
};
const say = (message: ControlMessage) => JSON.stringify(message);

describe('the control channel', () => {
  it('is made at once, with an id that both sides know', () => {
    expect(setUp().made).toEqual([['parley-control', { negotiated: true, id: 1 }]]);
  });

  it('sends nothing before it is open, and says when it is', () => {
    const { fake, channel, opened } = setUp();
    expect(channel.send(held(true))).toBe(false);
    fake.open();
    expect(opened()).toBe(1);
    expect(channel.send(held(true))).toBe(true);
    expect(fake.sent).toEqual([say(held(true))]);
  });

  it('sends nothing while it closes, and neither sends nor reads once it is closed', () => {
    const { clock, fake, channel, heard } = setUp();
    fake.open();
    for (let times = 0; times <= READ_PER_SECOND; times += 1) fake.hear(say(held(true)));
    fake.refuses = true;
    expect(channel.send(held(true))).toBe(false);
    channel.close();
    expect(channel.send(held(true))).toBe(false);
    fake.hear(say(held(false)));
    clock.advance(10_000);
    expect(heard).toHaveLength(READ_PER_SECOND);
    expect(clock.pending).toBe(0);
  });

  it('keeps no more than 64 KiB for a peer that takes nothing, and says when there is room again', () => {
    const { fake, channel, opened } = setUp();
    fake.open();
    fake.bufferedAmount = 65_537;
    expect(channel.send(held(true))).toBe(false);
    fake.bufferedAmount = 0;
    fake.dispatchEvent(new Event('bufferedamountlow'));
    fake.dispatchEvent(new Event('bufferedamountlow'));
    expect(opened()).toBe(2);
    expect(channel.send(held(true))).toBe(true);
  });

  it('is missing in a browser without data channels, which has its calls all the same', () => {
    const peer = {
      createDataChannel: () => {
        throw new TypeError('not here');
      },
    };
    const deps = { clock: new FakeClock(), onOpen: () => {}, onMessage: () => {} };
    const channel = new ControlChannel({ peer: peer as unknown as RTCPeerConnection, ...deps });
    expect(channel.send(held(true))).toBe(false);
    channel.close();
  });

  it.each([
    ['bytes', new ArrayBuffer(8)],
    ['what is too long', say(held(true)).padEnd(CONTROL_CHARACTERS + 1)],
    ['what it does not know', '{"v":9,"type":"held"}'],
  ])('passes over %s', (_, data) => {
    const { fake, heard } = setUp();
    fake.hear(data);
    fake.hear(say(held(true)).padEnd(CONTROL_CHARACTERS));
    expect(heard).toEqual([held(true)]);
  });
});

describe('a peer that sends without end', () => {
  it('is read so many times a second, and its last word of each type is not lost', () => {
    const { clock, fake, heard } = setUp();
    for (let height = 1; height <= 5_000; height += 1) {
      fake.hear(say(held(height < 4_000)));
      fake.hear(say(shown(height)));
    }
    expect(heard).toHaveLength(READ_PER_SECOND);
    clock.advance(1_000);
    expect(heard).toHaveLength(READ_PER_SECOND + 2);
    expect(heard.slice(-2)).toEqual([held(false), shown(5_000)]);
  });

  it('is read as before when it sends less', () => {
    const { clock, fake, heard } = setUp();
    for (let height = 1; height <= READ_PER_SECOND; height += 1) fake.hear(say(shown(height)));
    clock.advance(2_000);
    fake.hear(say(shown(999)));
    expect(heard.at(-1)).toEqual(shown(999));
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('costs no more than the same bound by what cannot be read', () => {
    const { clock, fake, heard } = setUp();
    for (let times = 0; times < 1_000; times += 1) fake.hear('{"type":"later"}');
    fake.hear(say(held(true)));
    expect(heard).toEqual([]);
    clock.advance(1_000);
    expect(heard).toEqual([held(true)]);
  });
});
