import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../../src/turn/codec/attributes.ts';
import { HEADER_BYTES } from '../../../../src/turn/codec/message.ts';
import { Answer } from '../../../support/turn/answer.ts';
import { arrive } from '../../../support/turn/fake-io.ts';
import {
  channelData,
  fakeRelay,
  RELAYED4,
  sendIndication,
  TestClient,
} from '../../../support/turn/fake-relay.ts';
import { packetOf } from '../../../support/turn/packets.ts';
import { StreamTestClient } from '../../../support/turn/stream-client.ts';

const PEER = '192.0.2.9:5000';

function allocated(conf: Parameters<typeof fakeRelay>[0] = {}, address = '198.51.100.7') {
  const relay = fakeRelay(conf);
  const client = new TestClient(relay, { address });
  const port = client.allocate().relayedPort;
  return { relay, client, socket: relay.io.at(port), port };
}

describe('from the client to a peer', () => {
  it('ChannelData goes to the peer of its channel, without what follows the data', () => {
    const { client, socket } = allocated();
    client.bind(0x4000, PEER);
    client.raw(Buffer.from('4000000368656c00', 'hex'));
    expect(socket.take()).toEqual([{ data: Buffer.from('hel'), address: '192.0.2.9', port: 5000 }]);
  });

  it('a Send goes to any port of a permitted peer', () => {
    const { client, socket } = allocated();
    client.permit(PEER);
    client.send('192.0.2.9:6000', 'hello');
    expect(socket.take()).toEqual([{ data: Buffer.from('hello'), address: '192.0.2.9', port: 6000 }]);
  });

  it('empty data goes as an empty datagram', () => {
    const { client, socket } = allocated();
    client.bind(0x4000, PEER);
    client.channelData(0x4000, '');
    client.send(PEER, '');
    expect(socket.take().map(({ data }) => data.length)).toEqual([0, 0]);
  });

  it('nothing goes without permission, channel or allocation, cut short or with DONT-FRAGMENT', () => {
    const { relay, client, socket } = allocated();
    client.bind(0x4000, PEER);
    const stranger = new TestClient(relay, { port: 40_001 });
    expect([
      ...client.send('192.0.2.10:5000', 'x'),
      ...client.send('[2001:db8::9]:5000', 'x'),
      ...client.send('192.0.2.9:0', 'x'),
      ...client.channelData(0x4001, 'x'),
      ...client.raw(Buffer.from('4000000478', 'hex')),
      ...client.raw(
        sendIndication(PEER, Buffer.from('x'), (writer) =>
          writer.bytes(ATTRIBUTE.dontFragment, Buffer.alloc(0)),
        ),
      ),
      ...stranger.send(PEER, 'x'),
      ...stranger.channelData(0x4000, 'x'),
    ]).toEqual([]);
    expect(socket.take()).toEqual([]);
    expect(relay.engine.stats()).toMatchObject({ packetsUp: 0, denials: { permission: 3 } });
  });

  it('nothing of the memory after the datagram goes, whatever its lengths say', () => {
    const { client, socket } = allocated();
    client.bind(0x4000, PEER);
    const send = sendIndication(PEER, Buffer.from('hello!!!'));
    for (let cut = 1; cut <= 8; cut++) {
      client.raw(channelData(0x4000, Buffer.from('hello!!!')).subarray(0, -cut));
      const short = Buffer.from(send.subarray(0, -cut));
      client.raw(short);
      short.writeUInt16BE(short.length - HEADER_BYTES, 2);
      client.raw(short);
    }
    expect(socket.take()).toEqual([]);
  });

  it('an IPv6 client reaches IPv6 peers', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay, { address: '2001:db8:7::7' });
    const { relayedPort } = client.allocate((writer) =>
      writer.uint32(ATTRIBUTE.requestedAddressFamily, 0x0200_0000),
    );
    const socket = relay.io.at(relayedPort);
    client.permit('[2001:db8:9::9]:5000');
    client.send('[2001:db8:9::9]:5000', 'six');
    expect(socket.take()).toEqual([{ data: Buffer.from('six'), address: '2001:db8:9::9', port: 5000 }]);
    arrive(socket.receiver, Buffer.from('back'), '2001:db8:9::9', 6000);
    const [data] = client.received().map((bytes) => new Answer(bytes));
    expect(data?.address(ATTRIBUTE.xorPeerAddress)).toBe('2001:db8:9::9:6000');
  });

  it('an IPv4-mapped peer is the IPv4 peer', () => {
    const { client, socket } = allocated();
    expect(client.permit('[::ffff:192.0.2.9]:5000').result).toBe('success');
    client.send(PEER, 'a');
    client.send('[::ffff:192.0.2.9]:5000', 'b');
    expect(socket.take().map(({ address }) => address)).toEqual(['192.0.2.9', '192.0.2.9']);
  });
});

describe('from a peer to the client', () => {
  it('data comes as ChannelData if a channel is bound to the peer and its port', () => {
    const { client, socket } = allocated();
    client.bind(0x4000, PEER);
    arrive(socket.receiver, Buffer.from('hello'), '192.0.2.9', 5000);
    expect(client.received()).toEqual([Buffer.from('4000000568656c6c6f', 'hex')]);
  });

  it('data comes in a Data indication from another port of a permitted peer', () => {
    const { client, socket } = allocated();
    client.bind(0x4000, PEER);
    arrive(socket.receiver, Buffer.from('hello'), '192.0.2.9', 5001);
    const [data, ...more] = client.received().map((bytes) => new Answer(bytes));
    expect(more).toEqual([]);
    expect(data?.result).toBe('indication');
    expect(data?.address(ATTRIBUTE.xorPeerAddress)).toBe('192.0.2.9:5001');
    expect(data?.attribute(ATTRIBUTE.data)?.toString()).toBe('hello');
  });

  it('nothing comes from a peer without permission', () => {
    const { relay, client, socket } = allocated();
    client.bind(0x4000, PEER);
    arrive(socket.receiver, Buffer.from('x'), '192.0.2.10', 5000);
    expect(client.received()).toEqual([]);
    expect(relay.engine.stats()).toMatchObject({ packetsDown: 0, denials: { permission: 1 } });
  });
});

describe('between two clients of this relay', () => {
  function pair() {
    const relay = fakeRelay();
    const alice = new TestClient(relay);
    const bob = new TestClient(relay, { port: 40_001, peerId: 'bob' });
    const alicePort = alice.allocate().relayedPort;
    const bobPort = bob.allocate().relayedPort;
    return { relay, alice, bob, toAlice: `${RELAYED4}:${alicePort}`, toBob: `${RELAYED4}:${bobPort}` };
  }

  it('data is handed over in memory, by channel and by Send, and never through a socket', () => {
    const { relay, alice, bob, toAlice, toBob } = pair();
    expect(alice.bind(0x4000, toBob).result).toBe('success');
    expect(bob.permit(toAlice).result).toBe('success');
    alice.channelData(0x4000, 'from alice');
    const [data] = bob.received().map((bytes) => new Answer(bytes));
    expect(data?.address(ATTRIBUTE.xorPeerAddress)).toBe(toAlice);
    expect(data?.attribute(ATTRIBUTE.data)?.toString()).toBe('from alice');
    bob.send(toAlice, 'from bob');
    expect(alice.received()).toEqual([
      Buffer.concat([Buffer.from('40000008', 'hex'), Buffer.from('from bob')]),
    ]);
    expect(relay.io.live.flatMap((socket) => socket.sent)).toEqual([]);
  });

  it('data passes only with both permissions', () => {
    const { relay, alice, bob, toAlice, toBob } = pair();
    alice.send(toBob, 'none');
    alice.permit(toBob);
    alice.send(toBob, 'hers only');
    expect(bob.received()).toEqual([]);
    bob.permit(toAlice);
    alice.send(toBob, 'both');
    expect(bob.received()).toHaveLength(1);
    expect(relay.engine.stats()).toMatchObject({ packetsUp: 2, packetsDown: 1, packetsInside: 2 });
  });

  it('data to a relay port that has closed is dropped, by Send and by channel, and a new channel refused', () => {
    const { relay, alice, bob, toBob } = pair();
    alice.bind(0x4000, toBob);
    bob.refresh(0);
    alice.send(toBob, 'too late');
    alice.channelData(0x4000, 'too late');
    expect(relay.io.live.flatMap((socket) => socket.sent)).toEqual([]);
    expect(relay.engine.stats().denials.peer).toBe(2);
    expect(alice.bind(0x4000, toBob).result).toBe(403);
  });

  it('is counted both ways', () => {
    const { relay, alice, bob, toAlice, toBob } = pair();
    alice.permit(toBob);
    bob.permit(toAlice);
    alice.send(toBob, 'hello');
    expect(relay.engine.stats()).toMatchObject({ packetsUp: 1, bytesUp: 5, packetsDown: 1, bytesDown: 5 });
  });
});

describe('a socket with a full send queue', () => {
  it('has datagrams dropped and counted, each way, and nothing else', () => {
    const { relay, client, socket } = allocated();
    client.bind(0x4000, PEER);
    socket.full = true;
    client.channelData(0x4000, 'up');
    relay.socket.full = true;
    arrive(socket.receiver, Buffer.from('down'), '192.0.2.9', 5000);
    expect(relay.engine.stats()).toMatchObject({ packetsUp: 0, packetsDown: 0, denials: { congestion: 2 } });
    socket.full = false;
    relay.socket.full = false;
    client.channelData(0x4000, 'up');
    arrive(socket.receiver, Buffer.from('down'), '192.0.2.9', 5000);
    expect([socket.take().length, client.received().length]).toEqual([1, 1]);
  });
});

describe('a datagram that the kernel refuses', () => {
  it('is counted as dropped, not as relayed, each way', () => {
    const { relay, client, socket } = allocated();
    client.bind(0x4000, PEER);
    client.permit('192.0.2.10:1');
    client.channelData(0x4000, 'up');
    for (const peer of ['192.0.2.9', '192.0.2.10']) arrive(socket.receiver, Buffer.from('down!'), peer, 5000);
    const counted = { packetsUp: 1, bytesUp: 2, packetsDown: 2, bytesDown: 10 };
    expect(relay.engine.stats()).toMatchObject(counted);
    for (const { data } of socket.take()) socket.receiver.sendFailed?.(packetOf(data));
    const messages = client.received();
    expect(messages.map((bytes) => bytes[0])).toEqual([0x40, 0x00]);
    for (const bytes of messages) relay.listener.sendFailed?.(packetOf(bytes));
    const nothing = { packetsUp: 0, bytesUp: 0, packetsDown: 0, bytesDown: 0 };
    expect(relay.engine.stats()).toMatchObject({ ...nothing, denials: { refused: 3 } });
    // Responses aren't relayed data.
    const { bytes } = client.refresh();
    relay.listener.sendFailed?.(packetOf(bytes));
    expect(relay.engine.stats()).toMatchObject({ ...nothing, denials: { refused: 4 } });
  });
});

describe('bandwidth', () => {
  it('of one allocation is limited to max-bps in each direction', () => {
    const { relay, client, socket } = allocated({ maxBps: 1000 });
    client.bind(0x4000, PEER);
    for (let round = 0; round < 3; round++) client.channelData(0x4000, Buffer.alloc(400));
    for (let round = 0; round < 3; round++) arrive(socket.receiver, Buffer.alloc(400), '192.0.2.9', 5000);
    expect([socket.take().length, client.received().length]).toEqual([2, 2]);
    expect(relay.engine.stats().denials.bandwidth).toBe(2);
    relay.clock.advance(1000);
    client.channelData(0x4000, Buffer.alloc(1000));
    expect(socket.take()).toHaveLength(1);
  });

  it('of all together is limited to bps-capacity', () => {
    const { relay, client, socket } = allocated({ bpsCapacity: 1000 });
    const other = new TestClient(relay, { port: 40_001 });
    const otherSocket = relay.io.at(other.allocate().relayedPort);
    for (const one of [client, other]) {
      one.bind(0x4000, PEER);
      one.channelData(0x4000, Buffer.alloc(600));
    }
    expect([socket.take().length, otherSocket.take().length]).toEqual([1, 0]);
    relay.clock.advance(1000);
    other.channelData(0x4000, Buffer.alloc(600));
    expect(otherSocket.take()).toHaveLength(1);
  });
});

describe('a connection that has to wait', () => {
  it('keeps each message unchanged, whatever comes after it', () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay);
    const socket = relay.io.at(client.allocate().relayedPort);
    client.bind(0x4000, PEER);
    client.permit('192.0.2.10:1');
    const texts = ['one', 'two', 'three'];
    for (const text of texts) {
      arrive(socket.receiver, Buffer.from(text), '192.0.2.9', 5000);
      arrive(socket.receiver, Buffer.from(text), '192.0.2.10', 5000);
    }
    expect(client.connection.take().map((bytes) => bytes.toString('latin1'))).toEqual(
      texts.flatMap((text) => [expect.stringContaining(text), expect.stringContaining(text)]),
    );
  });
});
