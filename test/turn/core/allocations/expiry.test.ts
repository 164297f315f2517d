import { describe, expect, it } from 'vitest';
import { arrive } from '../../../support/turn/fake-io.ts';
import { fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';
const MINUTE = 60_000;

function allocated(conf: Parameters<typeof fakeRelay>[0] = {}) {
  const relay = fakeRelay({ staleNonce: 0, ...conf });
  const client = new TestClient(relay);
  const port = client.allocate().relayedPort;
  return { relay, client, socket: relay.io.at(port), port };
}

describe('expiry', () => {
  it('ends an allocation after 10 minutes by default and closes its socket', () => {
    const { relay, socket } = allocated();
    relay.clock.advance(600_000 - 1);
    expect(socket.open).toBe(true);
    relay.clock.advance(1000);
    expect(socket.open).toBe(false);
    expect(relay.engine.stats().allocations).toBe(0);
  });

  it('ends a permission after 5 minutes, both ways', () => {
    const { relay, client, socket } = allocated();
    client.permit(PEER);
    relay.clock.advance(5 * MINUTE - 1);
    client.send(PEER, 'in time');
    expect(socket.take()).toHaveLength(1);
    relay.clock.advance(1000);
    client.send(PEER, 'late');
    expect(socket.take()).toEqual([]);
    arrive(socket.receiver, Buffer.from('late'), '192.0.2.9', 5000);
    expect(client.received()).toEqual([]);
  });

  it('ends a channel after 10 minutes, and its permission after 5 unless refreshed', () => {
    const { relay, client, socket } = allocated({ maxAllocateLifetime: 3600 });
    client.refresh(3600);
    client.bind(0x4000, PEER);
    relay.clock.advance(5 * MINUTE + 1000);
    client.channelData(0x4000, 'without permission');
    expect(socket.take()).toEqual([]);
    client.permit(PEER);
    client.channelData(0x4000, 'still bound');
    expect(socket.take()).toHaveLength(1);
    arrive(socket.receiver, Buffer.from('back'), '192.0.2.9', 5000);
    expect(client.received()).toEqual([Buffer.from('400000046261636b', 'hex')]);
    expect(client.bind(0x4000, PEER).result).toBe('success');
    client.channelData(0x4000, 'bound again');
    expect(socket.take()).toHaveLength(1);
    relay.clock.advance(10 * MINUTE + 1000);
    expect(client.bind(0x4000, '192.0.2.10:5000').result).toBe('success');
  });

  it('revives all channels to an address when any of them renews its permission', () => {
    const { relay, client, socket } = allocated({ permissionLifetime: 60 });
    client.bind(0x4000, PEER);
    client.bind(0x4001, '192.0.2.9:5001');
    client.bind(0x4002, '192.0.2.10:5000');
    relay.clock.advance(61_000);
    for (const number of [0x4000, 0x4001, 0x4002]) client.channelData(number, 'lapsed');
    expect(socket.take()).toEqual([]);
    expect(client.bind(0x4001, '192.0.2.9:5001').result).toBe('success');
    for (const number of [0x4000, 0x4001, 0x4002]) client.channelData(number, 'back');
    expect(socket.take().map(({ address, port }) => `${address}:${port}`)).toEqual([PEER, '192.0.2.9:5001']);
    for (const port of [5000, 5001]) arrive(socket.receiver, Buffer.from('x'), '192.0.2.9', port);
    arrive(socket.receiver, Buffer.from('x'), '192.0.2.10', 5000);
    expect(client.received().map((bytes) => bytes.readUInt16BE(0))).toEqual([0x4000, 0x4001]);
    // The permission expires once more, for all channels.
    relay.clock.advance(61_000);
    client.channelData(0x4000, 'lapsed');
    expect(socket.take()).toEqual([]);
  });

  it('ends permissions and channels when permission-lifetime and channel-lifetime say', () => {
    const { relay, client, socket } = allocated({ permissionLifetime: 60, channelLifetime: 120 });
    client.bind(0x4000, PEER);
    relay.clock.advance(61_000);
    client.channelData(0x4000, 'without permission');
    expect(socket.take()).toEqual([]);
    expect(client.bind(0x4000, '192.0.2.10:5000').result).toBe(400);
    relay.clock.advance(60_000);
    expect(client.bind(0x4000, '192.0.2.10:5000').result).toBe('success');
  });

  it('sets one timer for everything, and none after close', () => {
    const { relay, client } = allocated();
    for (let index = 0; index < 20; index++) client.bind(0x4000 + index, `192.0.2.${index + 1}:5000`);
    expect(relay.clock.pending).toBe(1);
    relay.engine.close();
    expect(relay.clock.pending).toBe(0);
    expect(relay.io.live).toEqual([]);
    expect(relay.socket.open).toBe(false);
  });
});
