import { describe, expect, it } from 'vitest';
import {
  fakeRelay,
  relayWithAllocation,
  restCredentials,
  TestClient,
} from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';

describe('an allocation belongs to its user', () => {
  it('answers 437 without an allocation', () => {
    const client = new TestClient(fakeRelay());
    expect(
      [client.refresh(), client.permit(PEER), client.bind(0x4000, PEER)].map(({ result }) => result),
    ).toEqual([437, 437, 437]);
  });

  it('answers 441 to another user on the same 5-tuple', () => {
    const { relay } = relayWithAllocation();
    const other = new TestClient(relay, { credentials: restCredentials(relay.clock, 'bob') });
    other.allocate();
    expect(
      [other.refresh(), other.permit(PEER), other.bind(0x4000, PEER)].map(({ result }) => result),
    ).toEqual([441, 441, 441]);
    expect(other.allocate().result).toBe(437);
    expect(relay.engine.stats().allocations).toBe(1);
  });
});
