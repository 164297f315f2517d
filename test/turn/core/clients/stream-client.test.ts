import { describe, expect, it } from 'vitest';
import { METHOD } from '../../../../src/turn/codec/attributes.ts';
import { MAX_PENDING_MESSAGE_BYTES } from '../../../../src/turn/core/clients/stream-client.ts';
import { arrive } from '../../../support/turn/fake-io.ts';
import { channelData, fakeRelay } from '../../../support/turn/fake-relay.ts';
import { StreamTestClient } from '../../../support/turn/stream-client.ts';

function allocated() {
  const relay = fakeRelay();
  const client = new StreamTestClient(relay);
  const port = client.allocate().relayedPort;
  client.bind(0x4000);
  return { relay, client, socket: relay.io.at(port) };
}

describe('a client by TCP or TLS', () => {
  it('has its ChannelData padded to 4 both ways', () => {
    const { client, socket } = allocated();
    client.receiver.data(Buffer.from('400000016100000040000002626300004000000464656667', 'hex'));
    expect(socket.take().map(({ data }) => data.toString())).toEqual(['a', 'bc', 'defg']);
    arrive(socket.receiver, Buffer.from('hello'), '192.0.2.9', 5000);
    expect(client.connection.take()).toEqual([Buffer.from('4000000568656c6c6f000000', 'hex')]);
  });

  it('gets responses even if it reads too slowly for its media', () => {
    const { relay, client, socket } = allocated();
    client.connection.full = true;
    arrive(socket.receiver, Buffer.from('media'), '192.0.2.9', 5000);
    expect(client.connection.take()).toEqual([]);
    expect(client.request(METHOD.refresh).result).toBe('success');
    expect(relay.engine.stats()).toMatchObject({ packetsDown: 0, denials: { congestion: 1 } });
  });

  it('may send its messages in any pieces', () => {
    const { client, socket } = allocated();
    const stream = Buffer.concat([
      channelData(0x4000, Buffer.from('1234')),
      channelData(0x4000, Buffer.alloc(60_000)),
    ]);
    for (let at = 0; at < stream.length; at += 999) client.receiver.data(stream.subarray(at, at + 999));
    expect(socket.take().map(({ data }) => data.length)).toEqual([4, 60_000]);
  });

  it('loses its allocation with its connection', () => {
    const { relay, client, socket } = allocated();
    client.receiver.closed();
    expect([socket.open, relay.engine.stats().allocations, relay.engine.stats().connections]).toEqual([
      false,
      0,
      0,
    ]);
    client.receiver.closed();
    client.receiver.data(Buffer.from('40000000', 'hex'));
  });

  it('is closed if it sends anything but STUN and ChannelData', () => {
    const { relay, client, socket } = allocated();
    client.receiver.data(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect([client.connection.open, socket.open, relay.engine.stats().connections]).toEqual([
      false,
      false,
      0,
    ]);
  });

  it("can't make the relay hold large messages before it has an allocation", () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay);
    const head = Buffer.from('40000000', 'hex');
    head.writeUInt16BE(MAX_PENDING_MESSAGE_BYTES, 2);
    client.receiver.data(head);
    expect(client.connection.open).toBe(false);
  });

  it('is closed when the engine closes', () => {
    const { relay, client } = allocated();
    relay.engine.close();
    expect(client.connection.open).toBe(false);
    expect(relay.engine.stats()).toMatchObject({ allocations: 0, connections: 0 });
  });

  it('keeps only the connection of a revoked user', () => {
    const { relay, client, socket } = allocated();
    relay.engine.revoke('alice');
    expect(socket.open).toBe(false);
    client.receiver.data(channelData(0x4000, Buffer.from('1234')));
    expect(client.allocate().result).toBe(401);
  });
});
