import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { MAX_REVOCATIONS, RevokedUsers } from '../../../../src/turn/core/allocations/revocations.ts';
import { fakeRelay, REALM, restCredentials, TestClient } from '../../../support/turn/fake-relay.ts';

const MINUTE = 60_000;

describe('authentication', () => {
  it('accepts the password of a REST user name', () => {
    const relay = fakeRelay();
    expect(new TestClient(relay).allocate().result).toBe('success');
  });

  it('answers 401 with realm and nonce, and no SOFTWARE, to a request without credentials', () => {
    const answer = new TestClient(fakeRelay()).allocate(undefined, { bare: true });
    expect(answer.result).toBe(401);
    expect(answer.message.attributes.map(({ type }) => type)).toEqual([
      ATTRIBUTE.errorCode,
      ATTRIBUTE.realm,
      ATTRIBUTE.nonce,
    ]);
    expect(answer.attribute(ATTRIBUTE.realm)?.toString()).toBe(REALM);
    expect(answer.attribute(ATTRIBUTE.nonce)?.length).toBe(16);
  });

  it.each([
    'alice',
    'constructor',
    '',
    '9999999999',
    '9999999999:',
    ':alice',
    'x9999999999:alice',
    '-1:alice',
  ])('refuses the unknown user %j, whatever password it guesses', (username) => {
    const relay = fakeRelay();
    for (const password of ['', 'undefined', 'function Object() { [native code] }']) {
      const client = new TestClient(relay, { credentials: { username, password } });
      expect(client.allocate().result).toBe(401);
    }
    expect(relay.engine.stats()).toMatchObject({ allocations: 0, denials: { credentials: 3 } });
  });

  it('refuses a wrong password', () => {
    const relay = fakeRelay();
    const credentials = { ...restCredentials(relay.clock, 'alice'), password: 'wrong' };
    expect(new TestClient(relay, { credentials }).allocate().result).toBe(401);
  });

  it('refuses a user name whose expiry was changed', () => {
    const relay = fakeRelay();
    const { password } = restCredentials(relay.clock, 'alice');
    const { username } = restCredentials(relay.clock, 'alice', 7200);
    expect(new TestClient(relay, { credentials: { username, password } }).allocate().result).toBe(401);
  });

  it('answers 400 to MESSAGE-INTEGRITY without user name, realm or nonce', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const bytes = client.encode(METHOD.allocate);
    for (const type of [ATTRIBUTE.username, ATTRIBUTE.realm, ATTRIBUTE.nonce]) {
      // Changed to an unknown optional attribute, which is as if it weren't there.
      const renamed = Buffer.from(bytes);
      renamed.writeUInt16BE(0x9999, positionOf(bytes, type));
      expect(client.raw(renamed).map((answer) => (answer[26] ?? 0) * 100 + (answer[27] ?? 0))).toEqual([400]);
    }
  });

  it('refuses another realm', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const bytes = client.encode(METHOD.allocate);
    bytes.write('PARLEY', positionOf(bytes, ATTRIBUTE.realm) + 4);
    expect(client.raw(bytes).map((answer) => (answer[26] ?? 0) * 100 + (answer[27] ?? 0))).toEqual([401]);
  });

  it('accepts static users, by password or key, besides REST ones', () => {
    const key = createHash('md5').update(`bob:${REALM}:builder`).digest();
    const relay = fakeRelay({
      users: new Map([
        ['ann', { kind: 'password', password: 'pw' }],
        ['bob', { kind: 'key', key }],
      ]),
    });
    const result = (username: string, password: string, port: number) =>
      new TestClient(relay, { port, credentials: { username, password } }).allocate().result;
    expect(result('ann', 'pw', 1)).toBe('success');
    expect(result('bob', 'builder', 2)).toBe('success');
    expect(result('bob', 'pw', 3)).toBe(401);
  });

  it('accepts any of several secrets, and no REST name without use-auth-secret', () => {
    const both = fakeRelay({ staticAuthSecrets: ['new secret', 'a secret of at least some length'] });
    expect(new TestClient(both).allocate().result).toBe('success');
    const off = fakeRelay({ useAuthSecret: false });
    expect(new TestClient(off).allocate().result).toBe(401);
  });

  it('checks the expiry of credentials only at Allocate, so that a long call goes on', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    for (let minutes = 0; minutes < 65; minutes += 5) {
      relay.clock.advance(5 * MINUTE);
      client.nonce = undefined;
      expect(client.refresh().result).toBe('success');
    }
    expect(client.permit('192.0.2.9:5000').result).toBe('success');
    expect(client.bind(0x4000, '192.0.2.9:5000').result).toBe('success');
    const again = new TestClient(relay, { port: 40_001, credentials: client.credentials });
    expect(again.allocate().result).toBe(401);
  });
});

describe('nonces', () => {
  it('are stale after stale-nonce seconds: 438 with a new one', () => {
    const relay = fakeRelay({ staleNonce: 100 });
    const client = new TestClient(relay);
    client.allocate();
    relay.clock.advance(100_000);
    expect(client.refresh().result).toBe('success');
    relay.clock.advance(1_000);
    const answer = client.refresh();
    expect(answer.result).toBe(438);
    client.nonce = answer.attribute(ATTRIBUTE.nonce);
    expect(client.refresh().result).toBe('success');
  });

  it('never become stale with stale-nonce=0', () => {
    const relay = fakeRelay({ staleNonce: 0 });
    const client = new TestClient(relay);
    client.allocate();
    relay.clock.advance(599_000);
    expect(client.refresh().result).toBe('success');
  });

  it.each(['constructor', '__proto__', '', 'AAAAAAAAAAAAAAAA', 'A'.repeat(500), '================'])(
    'made up by a client (%j) are answered with 438',
    (nonce) => {
      const client = new TestClient(fakeRelay());
      expect(client.allocate(undefined, { nonce: Buffer.from(nonce) }).result).toBe(438);
    },
  );

  it('are valid only for the network address that they were made for', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    const nonce = client.nonce ?? Buffer.alloc(0);
    const elsewhere = new TestClient(relay, { address: '198.51.100.8' });
    expect(elsewhere.allocate(undefined, { nonce }).result).toBe(438);
    const otherPort = new TestClient(relay, { port: 40_001 });
    expect(otherPort.allocate(undefined, { nonce }).result).toBe('success');
  });

  it('of one relay are invalid for another', () => {
    const here = new TestClient(fakeRelay());
    here.allocate();
    const tampered = Buffer.from(here.nonce ?? Buffer.alloc(0));
    tampered[10] = tampered[10] === 65 ? 66 : 65;
    expect(here.refresh().result).toBe('success');
    here.nonce = tampered;
    expect(here.refresh().result).toBe(438);
  });
});

describe('revocation', () => {
  it('ends every allocation of the peerId at once, closes the sockets and leaves the others alone', () => {
    const relay = fakeRelay();
    const [alice, second, bob] = [
      new TestClient(relay),
      new TestClient(relay, { port: 40_001 }),
      new TestClient(relay, { port: 40_002, peerId: 'bob' }),
    ];
    for (const client of [alice, second, bob]) client.allocate();
    relay.engine.revoke('alice');
    expect(relay.engine.stats().allocations).toBe(1);
    expect(relay.io.live).toHaveLength(1);
    expect(alice.refresh().result).toBe(401);
    expect(bob.refresh().result).toBe('success');
  });

  it('refuses a new allocation, permission or channel of the peerId before its credentials expire', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    relay.engine.revoke('alice');
    expect(client.allocate().result).toBe(401);
    expect(client.permit('192.0.2.9:5000').result).toBe(401);
    expect(client.bind(0x4000, '192.0.2.9:5000').result).toBe(401);
    expect(relay.engine.stats().denials.revoked).toBe(3);
  });

  it('remembers at most MAX_REVOCATIONS users, the latest', () => {
    const revoked = new RevokedUsers();
    for (let index = 0; index <= MAX_REVOCATIONS; index++) revoked.add(`peer ${index}`);
    expect(revoked.size).toBe(MAX_REVOCATIONS);
    expect([revoked.has('peer 0'), revoked.has('peer 1'), revoked.has(`peer ${MAX_REVOCATIONS}`)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

/** Offset of the attribute in a message. */
function positionOf(bytes: Buffer, type: number): number {
  for (let at = 20; at < bytes.length; at += 4 + ((bytes.readUInt16BE(at + 2) + 3) & ~3)) {
    if (bytes.readUInt16BE(at) === type) return at;
  }
  throw new Error('no such attribute');
}
