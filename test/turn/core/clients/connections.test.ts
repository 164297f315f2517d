import { describe, expect, it } from 'vitest';
import { METHOD } from '../../../../src/turn/codec/attributes.ts';
import {
  IDLE_CONNECTION_MS,
  MAX_CONNECTIONS,
  MAX_NETWORK_CONNECTIONS,
  MAX_NETWORK_PENDING,
} from '../../../../src/turn/core/clients/connections.ts';
import { MAX_PENDING_MESSAGES } from '../../../../src/turn/core/clients/stream-client.ts';
import { FakeConnection } from '../../../support/turn/fake-io.ts';
import { type FakeRelay, fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';
import { StreamTestClient } from '../../../support/turn/stream-client.ts';

function connect(relay: FakeRelay, address: string) {
  const connection = new FakeConnection();
  return { connection, receiver: relay.engine.addConnection(connection, { address, port: 50_000 }) };
}

const openOf = (all: readonly { readonly connection: FakeConnection }[]) =>
  all.filter(({ connection }) => connection.open).length;

/** Clients with an allocation each, of one user. */
function clients(relay: FakeRelay, count: number, address: string): StreamTestClient[] {
  let nonce: Buffer | undefined;
  return Array.from({ length: count }, () => {
    const client = new StreamTestClient(relay, { address });
    // All of them get their nonce by UDP from one address, which is rate-limited.
    if (nonce !== undefined) client.codec.nonce = nonce;
    expect(client.allocate().result).toBe('success');
    nonce = client.codec.nonce;
    return client;
  });
}

describe('connections without an allocation', () => {
  it('are closed if they send no complete message in time, even if they send bytes; others stay', () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay, { peerId: 'bob' });
    client.allocate();
    const silent = connect(relay, '198.51.100.1');
    const slow = connect(relay, '198.51.100.2');
    // A slowloris: the start of a message, and another byte from time to time.
    slow.receiver.data(Buffer.from('000107d02112a442', 'hex'));
    for (let second = 0; second < (2 * IDLE_CONNECTION_MS) / 1000; second++) {
      slow.receiver.data(Buffer.from([0]));
      relay.clock.advance(1000);
    }
    expect([silent, slow, client].map(({ connection }) => connection.open)).toEqual([false, false, true]);
  });

  it('are closed above MAX_PENDING_MESSAGES per second; a client with an allocation may send more', () => {
    const relay = fakeRelay();
    const bare = new TestClient(relay).encode(METHOD.allocate, undefined, { bare: true });
    const stranger = connect(relay, '198.51.100.1');
    const patient = connect(relay, '198.51.100.2');
    for (let second = 0; second < 3; second++) {
      for (let round = 0; round < MAX_PENDING_MESSAGES; round++) {
        patient.receiver.data(bare);
        relay.io.settle();
      }
      relay.clock.advance(1000);
    }
    expect([patient.connection.open, patient.connection.take().length]).toEqual([
      true,
      3 * MAX_PENDING_MESSAGES,
    ]);
    stranger.receiver.data(Buffer.concat(new Array(100).fill(bare)));
    relay.io.settle();
    expect([stranger.connection.open, stranger.connection.take().length]).toEqual([
      false,
      MAX_PENDING_MESSAGES,
    ]);
    expect(relay.engine.stats().unanswered).toBe(1);
    const client = new StreamTestClient(relay);
    client.allocate();
    for (let round = 0; round < 100; round++) {
      client.receiver.data(client.codec.encode(METHOD.binding, undefined, { bare: true }));
      relay.io.settle();
    }
    expect(client.connection.take()).toHaveLength(100);
  });

  it.each([
    ['an IPv4 address', () => '198.51.100.1'],
    ['an IPv6 /64', (index: number) => `2001:db8:7:7::${index.toString(16)}`],
  ])(
    'of %s are limited to MAX_NETWORK_PENDING: the oldest is closed, and other networks are unaffected',
    (_, addressOf) => {
      const relay = fakeRelay();
      const elsewhere = connect(relay, '2001:db8:7:8::1');
      const all = Array.from({ length: MAX_NETWORK_PENDING + 10 }, (_, index) =>
        connect(relay, addressOf(index)),
      );
      expect(openOf(all)).toBe(MAX_NETWORK_PENDING);
      expect(openOf(all.slice(0, 10))).toBe(0);
      expect(elsewhere.connection.open).toBe(true);
      expect(relay.engine.stats().denials.bounds).toBe(10);
    },
  );

  it('are closed for new ones of other networks at MAX_CONNECTIONS, unlike those with an allocation', () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay, { address: '192.0.2.200', peerId: 'bob' });
    client.allocate();
    const networks = MAX_CONNECTIONS / MAX_NETWORK_PENDING;
    const strangers = Array.from({ length: MAX_CONNECTIONS }, (_, index) =>
      connect(relay, `198.51.100.${index % networks}`),
    );
    expect(relay.engine.stats().connections).toBe(MAX_CONNECTIONS);
    const newcomer = new StreamTestClient(relay, { address: '192.0.2.201', peerId: 'carol' });
    expect(newcomer.allocate().result).toBe('success');
    expect(client.connection.open).toBe(true);
    expect(openOf(strangers)).toBe(MAX_CONNECTIONS - 2);
  });

  it('are closed when the process has few descriptors left', () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay, { peerId: 'bob' });
    client.allocate();
    const first = connect(relay, '198.51.100.1');
    relay.io.spare = false;
    const second = connect(relay, '198.51.100.2');
    expect([first, second].map(({ connection }) => connection.open)).toEqual([false, true]);
    second.receiver.closed();
    expect(connect(relay, '198.51.100.3').connection.open).toBe(false);
    expect(client.connection.open).toBe(true);
  });
});

describe('connections with an allocation', () => {
  it('of one network are limited to MAX_NETWORK_CONNECTIONS', () => {
    const relay = fakeRelay({ userQuota: 0 });
    const all = clients(relay, MAX_NETWORK_CONNECTIONS, '198.51.100.1');
    expect(openOf(all)).toBe(MAX_NETWORK_CONNECTIONS);
    expect(connect(relay, '198.51.100.1').connection.open).toBe(false);
    expect(connect(relay, '198.51.100.2').connection.open).toBe(true);
    all[0]?.receiver.closed();
    expect(connect(relay, '198.51.100.1').connection.open).toBe(true);
  });

  it('count as pending again when their allocation has ended', () => {
    const relay = fakeRelay();
    const client = new StreamTestClient(relay);
    client.allocate();
    relay.engine.revoke('alice');
    relay.clock.advance(3 * IDLE_CONNECTION_MS);
    expect(client.connection.open).toBe(false);
    expect(relay.engine.stats().connections).toBe(0);
  });
});

describe('descriptors', () => {
  it('are reserved for the rest of the process: Allocate gets 508 when few are left', () => {
    const relay = fakeRelay();
    relay.io.spare = false;
    const client = new TestClient(relay);
    expect(client.allocate().result).toBe(508);
    expect(relay.engine.stats().denials.descriptors).toBe(1);
    relay.io.spare = true;
    expect(client.allocate().result).toBe('success');
  });
});
