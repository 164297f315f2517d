import { describe, expect, it } from 'vitest';
import { BUFFERED_BYTES, PeerChannel } from '../../../src/client/call/peer-channel.ts';

class FakeDataChannel extends EventTarget {
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  closed = false;
  readonly sent: string[] = [];

  send(frame: string): void {
    this.sent.push(frame);
  }
  close(): void {
    this.closed = true;
  }
}

class FakeConnection extends EventTarget {
  readonly made: FakeDataChannel[] = [];

  createDataChannel(): FakeDataChannel {
    const channel = new FakeDataChannel();
    this.made.push(channel);
    return channel;
  }
}

function setUp() {
  const connection = new FakeConnection();
  const heard: unknown[] = [];
  let ready = 0;
  const channel = new PeerChannel({
    peer: connection as unknown as RTCPeerConnection,
    onData: (frame) => heard.push(frame),
    onReady: () => {
      ready += 1;
    },
  });
  return { connection, channel, heard, ready: () => ready };
}

describe('the channel to a peer', () => {
  it('is there from the start, once', () => {
    const { connection, channel } = setUp();
    channel.open();
    expect(connection.made).toHaveLength(1);
  });

  it('leaves a browser that refuses it a call without messages', () => {
    const refusal = new Error('switched off');
    const peer = Object.assign(new FakeConnection(), {
      createDataChannel: () => {
        throw refusal;
      },
    });
    const deps = { peer: peer as unknown as RTCPeerConnection, onData: () => {}, onReady: () => {} };
    const channel = new PeerChannel(deps);
    expect(() => channel.open()).toThrow(refusal);
  });

  it('has room for BUFFERED_BYTES while it is open', () => {
    const { connection, channel } = setUp();
    expect(channel.hasRoomFor(1)).toBe(false);
    channel.open();
    const [made] = connection.made;
    if (made === undefined) throw new Error('no channel');
    expect(channel.hasRoomFor(1)).toBe(false);
    made.readyState = 'open';
    expect(channel.hasRoomFor(BUFFERED_BYTES)).toBe(true);
    made.bufferedAmount = 1;
    expect(channel.hasRoomFor(BUFFERED_BYTES)).toBe(false);
    expect(made.bufferedAmountLowThreshold).toBeLessThan(BUFFERED_BYTES);
  });

  it('says when more can be sent: described, open, buffer drained', () => {
    const { connection, channel, ready } = setUp();
    channel.notePeer(true);
    channel.open();
    connection.made[0]?.dispatchEvent(new Event('open'));
    connection.made[0]?.dispatchEvent(new Event('bufferedamountlow'));
    expect(ready()).toBe(3);
  });

  it('passes messages on and drops everything else', () => {
    const { connection, channel, heard } = setUp();
    channel.open();
    for (const data of ['{"topic":"t","data":1}', 'hello', new ArrayBuffer(8), '{"topic":""}']) {
      connection.made[0]?.dispatchEvent(new MessageEvent('message', { data }));
    }
    expect(heard).toEqual([{ topic: 't', data: 1 }]);
  });

  it('closes the channels that the peer opens besides', () => {
    const { connection } = setUp();
    const theirs = Array.from({ length: 100 }, () => new FakeDataChannel());
    for (const each of theirs) {
      connection.dispatchEvent(Object.assign(new Event('datachannel'), { channel: each }));
    }
    expect(theirs.every(({ closed }) => closed)).toBe(true);
  });
});
