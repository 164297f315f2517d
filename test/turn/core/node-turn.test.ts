import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../src/turn/codec/attributes.ts';
import { hasIntegrity } from '../../../src/turn/codec/message.ts';
import { Answer } from '../../support/turn/answer.ts';
import { arrive } from '../../support/turn/fake-io.ts';
import { fakeRelay, restCredentials, TestClient } from '../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];

/** Defects of node-turn 0.0.6, each as a test of our relay; see the dependencies in src/README.md. */
describe('unlike node-turn, the relay', () => {
  it.each(INHERITED)('refuses the user %s, whose password anybody can guess', (username) => {
    const guesses = ['', 'undefined', String(({} as Record<string, unknown>)[username])];
    for (const password of guesses) {
      const relay = fakeRelay({ users: new Map([['ann', { kind: 'password', password: 'pw' }]]) });
      const client = new TestClient(relay, { credentials: { username, password } });
      expect(client.allocate().result).toBe(401);
    }
  });

  it.each(INHERITED)('refuses the nonce %s', (nonce) => {
    expect(new TestClient(fakeRelay()).allocate(undefined, { nonce: Buffer.from(nonce) }).result).toBe(438);
  });

  it('keeps an allocation after a Refresh without LIFETIME, as browsers send it', () => {
    const relay = fakeRelay({ staleNonce: 0 });
    const client = new TestClient(relay);
    client.allocate();
    for (let round = 0; round < 4; round++) {
      relay.clock.advance(540_000);
      const answer = client.refresh();
      expect([answer.result, answer.lifetime]).toEqual(['success', 600]);
    }
    expect(relay.engine.stats().allocations).toBe(1);
  });

  it('relays ChannelData from the client', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    client.bind(0x4000, PEER);
    client.channelData(0x4000, 'media');
    expect(relay.io.at(relayedPort).take()).toEqual([
      { data: Buffer.from('media'), address: '192.0.2.9', port: 5000 },
    ]);
  });

  it('signs its response to ChannelBind, without which Chromium ends the call', () => {
    const client = new TestClient(fakeRelay());
    client.allocate();
    const answer = client.bind(0x4000, PEER);
    expect(answer.result).toBe('success');
    expect(hasIntegrity(answer.message, client.key)).toBe(true);
  });

  it('closes the relay sockets of 200 allocations, whatever ended them', () => {
    for (const end of ['refresh', 'expiry', 'revocation', 'close'] as const) {
      const relay = fakeRelay({ userQuota: 0 });
      const credentials = restCredentials(relay.clock, 'alice');
      const clients = Array.from(
        { length: 200 },
        (_, index) => new TestClient(relay, { port: 1000 + index, credentials }),
      );
      for (const client of clients) expect(client.allocate().result).toBe('success');
      expect(relay.io.live).toHaveLength(200);
      if (end === 'refresh') for (const client of clients) client.refresh(0);
      if (end === 'expiry') relay.clock.advance(601_000);
      if (end === 'revocation') relay.engine.revoke('alice');
      if (end === 'close') relay.engine.close();
      expect(relay.io.live).toEqual([]);
      expect(relay.engine.stats().allocations).toBe(0);
    }
  });

  it('survives an empty datagram from a permitted peer and from a client', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const { relayedPort } = client.allocate();
    client.permit(PEER);
    arrive(relay.io.at(relayedPort).receiver, Buffer.alloc(0), '192.0.2.9', 5000);
    const [data] = client.received().map((bytes) => new Answer(bytes));
    expect(data?.attribute(ATTRIBUTE.data)).toEqual(Buffer.alloc(0));
    expect(client.raw(Buffer.alloc(0))).toEqual([]);
    expect(client.refresh().result).toBe('success');
  });

  it.each(['127.0.0.1', '169.254.169.254', '224.0.0.1', '10.0.0.5', '0.0.0.0', '255.255.255.255'])(
    'denies the peer %s',
    (address) => {
      const client = new TestClient(fakeRelay());
      client.allocate();
      expect(client.permit(`${address}:5000`).result).toBe(403);
      expect(client.bind(0x4000, `${address}:5000`).result).toBe(403);
    },
  );

  it('holds a user to a quota', () => {
    const relay = fakeRelay({ userQuota: 2 });
    const results = [1, 2, 3].map((port) => new TestClient(relay, { port }).allocate().result);
    expect(results).toEqual(['success', 'success', 486]);
  });

  it('gives a retransmitted Allocate no second port, and another one a mismatch', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const transactionId = Buffer.alloc(12, 5);
    client.allocate(undefined, { transactionId });
    client.allocate(undefined, { transactionId });
    expect(relay.io.opened).toHaveLength(1);
    expect(client.request(METHOD.allocate).result).toBe(437);
  });
});
