import { describe, expect, it } from 'vitest';
import { METHOD } from '../../../../src/turn/codec/attributes.ts';
import { MAX_PENDING_MESSAGES } from '../../../../src/turn/core/clients/stream-client.ts';
import { CHECKS_PER_ADDRESS } from '../../../../src/turn/core/requests/check-budget.ts';
import { MAX_REQUESTS } from '../../../../src/turn/core/requests/responder.ts';
import { channelData, type FakeRelay, fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';
import { StreamTestClient } from '../../../support/turn/stream-client.ts';

/** Bytes of one read of a socket. */
const READ_BYTES = 65_536;

function flood(message: Buffer): Buffer {
  return Buffer.concat(new Array(Math.floor(READ_BYTES / message.length)).fill(message));
}

function binding(relay: FakeRelay): Buffer {
  return new TestClient(relay).encode(METHOD.binding, undefined, { bare: true });
}

/** Stream clients with an allocation each. */
function streams(relay: FakeRelay, count: number): StreamTestClient[] {
  return Array.from({ length: count }, (_, index) => {
    const client = new StreamTestClient(relay, { address: `198.51.100.${index}`, peerId: `user${index}` });
    client.allocate();
    return client;
  });
}

describe('a stream that floods', () => {
  it.each([
    ['a client', 1, 16],
    ['20 clients', 20, 32],
  ])('of %s is handled a slice at a time, with the packets of others in between', (_, count, most) => {
    const relay = fakeRelay();
    const victim = new TestClient(relay, { peerId: 'victim' });
    const socket = relay.io.at(victim.allocate().relayedPort);
    victim.bind(0x4000, '192.0.2.9:5000');
    const flooders = streams(relay, count);
    const bytes = flood(binding(relay));
    let answered = 0;
    let turns = 0;
    const handled = () => flooders.reduce((sum, { connection }) => sum + connection.take().length, 0);
    for (const { receiver } of flooders) receiver.data(bytes);
    do {
      // Requests in one turn, during which other sockets' media waits.
      const slice = handled();
      expect(slice).toBeLessThanOrEqual(most);
      answered += slice;
      victim.channelData(0x4000, 'media');
      expect(socket.take()).toHaveLength(1);
      turns++;
    } while (relay.io.turn());
    expect(answered).toBe(count * (bytes.length / 20));
    expect(turns).toBeGreaterThan(answered / most);
  });

  it("isn't read further until its turn has come", () => {
    const relay = fakeRelay();
    const [client] = streams(relay, 1);
    client?.receiver.data(flood(binding(relay)));
    expect(client?.connection.paused).toBe(true);
    relay.io.settle();
    expect(client?.connection.paused).toBe(false);
  });

  it('gets only its share: a stream with a single message is served in the same turn', () => {
    const relay = fakeRelay();
    const [flooder, other] = streams(relay, 2);
    flooder?.receiver.data(flood(binding(relay)));
    other?.receiver.data(binding(relay));
    relay.io.turn();
    expect(other?.connection.take()).toHaveLength(1);
    relay.io.settle();
  });

  it('is closed without an allocation, and all such streams together get less than one client', () => {
    const relay = fakeRelay();
    const strangers = Array.from(
      { length: 200 },
      (_, index) => new StreamTestClient(relay, { address: `198.51.100.${index}` }),
    );
    const [client] = streams(relay, 1);
    const bare = binding(relay);
    const bytes = Buffer.concat(new Array(MAX_PENDING_MESSAGES).fill(bare));
    for (const { receiver } of strangers) receiver.data(bytes);
    let answered = 0;
    let turns = 0;
    for (; answered < 200 * MAX_PENDING_MESSAGES && turns < 1000; relay.io.turn()) {
      const slice = strangers.reduce((sum, { connection }) => sum + connection.take().length, 0);
      expect(slice).toBeLessThanOrEqual(8);
      answered += slice;
      client?.receiver.data(bare);
      turns++;
    }
    expect(answered).toBe(200 * MAX_PENDING_MESSAGES);
    // Each turn served the client's one request.
    expect(client?.connection.take()).toHaveLength(turns);
    for (const { receiver } of strangers) receiver.data(flood(bare));
    relay.io.settle();
    expect(strangers.filter(({ connection }) => connection.open)).toEqual([]);
  });

  it('delivers every datagram whole and in order', () => {
    const relay = fakeRelay();
    const [client] = streams(relay, 1);
    const socket = relay.io.live[0];
    client?.bind(0x4000);
    const texts = Array.from({ length: 2000 }, (_, index) => String(index).padStart(8));
    const bytes = Buffer.concat(texts.map((text) => channelData(0x4000, Buffer.from(text))));
    for (let at = 0; at < bytes.length; at += 5001) {
      client?.receiver.data(bytes.subarray(at, at + 5001));
      relay.io.settle();
    }
    expect(socket?.take().map(({ data }) => data.toString())).toEqual(texts);
  });

  it('is forgotten if it ends while it waits', () => {
    const relay = fakeRelay();
    const [client] = streams(relay, 1);
    client?.receiver.data(flood(binding(relay)));
    client?.receiver.closed();
    client?.connection.take();
    relay.io.settle();
    expect(client?.connection.take()).toEqual([]);
    expect(relay.engine.stats()).toMatchObject({ connections: 0, allocations: 0, denials: { fault: 0 } });
  });
});

describe('a client that floods with requests by UDP', () => {
  it.each([
    ['without credentials', { bare: true }],
    ['with a nonce of nobody', { nonce: Buffer.alloc(16, 65) }],
  ])('%s gets CHECKS_PER_ADDRESS responses per turn of the event loop', (_, options) => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    const other = new TestClient(relay, { address: '198.51.100.8', peerId: 'other' });
    other.allocate();
    const request = client.encode(METHOD.refresh, undefined, options);
    let answers = 0;
    for (let round = 0; round < 1000; round++) answers += client.raw(request).length;
    expect(answers).toBe(CHECKS_PER_ADDRESS);
    expect(other.raw(other.encode(METHOD.refresh))).toHaveLength(1);
    relay.io.settle();
    expect(client.refresh().result).toBe('success');
  });

  it('gets MAX_REQUESTS responses per second, besides its keepalives', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    const request = client.encode(METHOD.refresh);
    let answers = 0;
    for (let round = 0; round < 1000; round++) answers += client.raw(request).length;
    expect(answers).toBe(MAX_REQUESTS);
    expect(client.request(METHOD.binding, undefined, { bare: true }).result).toBe('success');
    relay.clock.advance(1000);
    expect(client.refresh().result).toBe('success');
  });
});
