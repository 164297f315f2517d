import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../../src/turn/codec/attributes.ts';
import { fakeRelay, restCredentials, TestClient } from '../../../support/turn/fake-relay.ts';

const EVEN_AND_NEXT = Buffer.from([0x80]);

describe('quotas', () => {
  it('refuse a user above user-quota with 486, counting reservations, and leave others alone', () => {
    const relay = fakeRelay({ userQuota: 3 });
    const allocate = (port: number, peerId: string, even?: Buffer) =>
      new TestClient(relay, { port, peerId }).allocate((writer) =>
        even === undefined ? writer : writer.bytes(ATTRIBUTE.evenPort, even),
      ).result;
    expect(allocate(1, 'alice', EVEN_AND_NEXT)).toBe('success');
    expect(allocate(2, 'alice', EVEN_AND_NEXT)).toBe(486);
    expect(allocate(3, 'alice')).toBe('success');
    expect(allocate(4, 'alice')).toBe(486);
    expect(allocate(5, 'bob')).toBe('success');
    expect(relay.engine.stats().denials.user_quota).toBe(2);
  });

  it('count all user names of a peerId together', () => {
    const relay = fakeRelay({ userQuota: 1 });
    new TestClient(relay, { port: 1, credentials: restCredentials(relay.clock, 'alice', 100) }).allocate();
    const other = new TestClient(relay, { port: 2, credentials: restCredentials(relay.clock, 'alice', 200) });
    expect(other.allocate().result).toBe(486);
  });

  it('free a place when an allocation ends', () => {
    const relay = fakeRelay({ userQuota: 1, totalQuota: 1 });
    const client = new TestClient(relay);
    for (let round = 0; round < 3; round++) {
      expect(client.allocate().result).toBe('success');
      client.refresh(0);
    }
  });

  it('refuse everyone above total-quota with 508', () => {
    const relay = fakeRelay({ totalQuota: 2 });
    const results = [1, 2, 3].map(
      (port) => new TestClient(relay, { port, peerId: `peer${port}` }).allocate().result,
    );
    expect(results).toEqual(['success', 'success', 508]);
    expect(relay.engine.stats().denials.total_quota).toBe(1);
  });

  it('allow the 42 allocations of a mesh of 8 with three URLs by default', () => {
    const relay = fakeRelay();
    const results = Array.from(
      { length: 49 },
      (_, index) => new TestClient(relay, { port: 40_000 + index }).allocate().result,
    );
    expect(results.filter((result) => result === 'success')).toHaveLength(48);
    expect(results.at(-1)).toBe(486);
  });
});
