import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { arrive } from '../../support/turn/fake-io.ts';
import { channelData, fakeRelay, TestClient } from '../../support/turn/fake-relay.ts';
import { StreamTestClient } from '../../support/turn/stream-client.ts';

const PEER = '192.0.2.9:5000';

/** A relay whose relay sockets and listener throw at every packet while `broken.now` is true. */
function breakable() {
  const lines: string[] = [];
  const log = createLog({ level: 'info', now: () => 0, write: (line) => lines.push(line) });
  const relay = fakeRelay({}, {}, log);
  const broken = { now: false };
  const breaks = (target: { send(...given: never[]): boolean }) => {
    const send = target.send.bind(target);
    Object.assign(target, {
      send(...given: never[]) {
        if (broken.now) throw new Error('a fault of our own');
        return send(...given);
      },
    });
  };
  return { relay, lines, broken, breaks };
}

describe('an exception while one packet is handled', () => {
  it('escapes from no datagram, message on a stream or timer, is counted, and logged once a second', () => {
    const { relay, lines, broken, breaks } = breakable();
    const client = new TestClient(relay);
    const socket = relay.io.at(client.allocate().relayedPort);
    client.bind(0x4000, PEER);
    const stream = new StreamTestClient(relay, { address: '198.51.100.8', peerId: 'bob' });
    const streamSocket = relay.io.at(stream.allocate().relayedPort);
    stream.bind(0x4000);
    for (const one of [socket, streamSocket, relay.socket]) breaks(one);

    broken.now = true;
    arrive(relay.listener, channelData(0x4000, Buffer.from('up')), client.address, client.port);
    arrive(relay.listener, client.encode(0x001, undefined, { bare: true }), '198.51.100.9', 1);
    arrive(socket.receiver, Buffer.from('down'), '192.0.2.9', 5000);
    stream.receiver.data(channelData(0x4000, Buffer.from('1234')));
    expect(relay.engine.stats().denials.fault).toBe(4);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      during: 'a datagram from a client',
      address: client.address,
      length: 6,
      head: '40000002',
      error: { message: 'a fault of our own' },
    });

    broken.now = false;
    relay.clock.advance(1000);
    arrive(socket.receiver, Buffer.from('down'), '192.0.2.9', 5000);
    expect(client.received()).toHaveLength(1);
    stream.receiver.data(channelData(0x4000, Buffer.from('1234')));
    expect(streamSocket.take()).toHaveLength(1);

    broken.now = true;
    arrive(socket.receiver, Buffer.from('down'), '192.0.2.9', 5000);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ during: 'a datagram from a peer', unlogged: 3 });
  });

  it("in the sweep of one allocation doesn't keep others from expiring", () => {
    const { relay, lines } = breakable();
    const first = new TestClient(relay);
    const socket = relay.io.at(first.allocate().relayedPort);
    new TestClient(relay, { port: 40_001, peerId: 'bob' }).allocate();
    socket.close = () => {
      throw new Error('a fault of our own');
    };
    relay.clock.advance(600_000);
    expect(relay.engine.stats()).toMatchObject({ allocations: 0, denials: { fault: 1 } });
    expect(lines.join('')).toContain('sweeping an allocation');
  });
});
