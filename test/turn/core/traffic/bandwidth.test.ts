import { describe, expect, it } from 'vitest';
import { parseTurnserverConf } from '../../../../src/turn/conf/turnserver-conf.ts';
import { arrive, type FakeRelaySocket } from '../../../support/turn/fake-io.ts';
import { type FakeRelay, fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';
const PACKET = 1000;

/** A user with an allocation and a channel, which counts how many packets get through each way. */
function userOf(relay: FakeRelay, peerId: string, port: number) {
  const client = new TestClient(relay, { port, peerId });
  const socket: FakeRelaySocket = relay.io.at(client.allocate().relayedPort);
  client.bind(0x4000, PEER);
  return {
    up(packets: number): number {
      for (let count = 0; count < packets; count++) client.channelData(0x4000, Buffer.alloc(PACKET));
      return socket.take().length;
    },
    down(packets: number): number {
      for (let count = 0; count < packets; count++) {
        arrive(socket.receiver, Buffer.alloc(PACKET), '192.0.2.9', 5000);
      }
      return client.received().length;
    },
    end: () => client.refresh(0),
  };
}

const WAYS = ['up', 'down'] as const;

describe.each(WAYS)('bandwidth %s', (way) => {
  it('of a user is 5 MB/s by default, over all allocations, ended ones included', () => {
    const relay = fakeRelay();
    const [one, other] = [userOf(relay, 'alice', 1), userOf(relay, 'alice', 2)];
    const bob = userOf(relay, 'bob', 3);
    expect(one[way](3_000)).toBe(3_000);
    one.end();
    expect(other[way](3_000)).toBe(2_000);
    other.end();
    expect(userOf(relay, 'alice', 4)[way](1)).toBe(0);
    expect(bob[way](5_000)).toBe(5_000);
    relay.clock.advance(1000);
    expect(userOf(relay, 'alice', 5)[way](5_001)).toBe(5_000);
  });

  it('is enough for a call of eight with two videos each over 42 allocations', () => {
    const relay = fakeRelay();
    const legs = Array.from({ length: 7 }, (_, index) => userOf(relay, 'alice', 1 + index));
    // 2 × 2.5 Mbit/s and audio, as packets of 1,000 bytes spread over a second.
    for (let second = 0; second < 3; second++) {
      for (const leg of legs) expect(leg[way](2 * 313 + 8)).toBe(634);
      relay.clock.advance(1000);
    }
  });

  it('of a user has no limit with max-bps=0, and is per allocation with another value', () => {
    const free = fakeRelay(bandwidthOf('max-bps=0'));
    expect(userOf(free, 'alice', 1)[way](7_000)).toBe(7_000);
    const each = fakeRelay(bandwidthOf('max-bps=10000'));
    const [one, other] = [userOf(each, 'alice', 1), userOf(each, 'alice', 2)];
    expect([one[way](20), other[way](20)]).toEqual([10, 10]);
    const silent = fakeRelay(bandwidthOf(''));
    expect(userOf(silent, 'alice', 1)[way](7_000)).toBe(5_000);
  });

  it('under bps-capacity never limits users below their share, whatever others send, in any order', () => {
    for (const floodFirst of [true, false]) {
      const relay = fakeRelay({ bpsCapacity: 100 * PACKET, maxBps: 0 });
      const [flood, calm, calmer] = ['mallory', 'alice', 'bob'].map((name, index) =>
        userOf(relay, name, 1 + index),
      );
      const passed = { flood: 0, calm: 0, calmer: 0 };
      for (let second = 0; second < 10; second++) {
        // Ten steps per second, in each of which the flood comes before or after the others.
        for (let step = 0; step < 10; step++) {
          if (floodFirst) passed.flood += flood?.[way](50) ?? 0;
          passed.calm += calm?.[way](3) ?? 0;
          passed.calmer += calmer?.[way](1) ?? 0;
          if (!floodFirst) passed.flood += flood?.[way](50) ?? 0;
        }
        relay.clock.advance(1000);
      }
      // The flood gets what the two leave over, 60 packets per second, once their demand of the first second is known.
      expect([passed.calm, passed.calmer]).toEqual([300, 100]);
      expect(passed.flood).toBeGreaterThanOrEqual(600);
      expect(passed.flood).toBeLessThanOrEqual(640);
    }
  });

  it('under bps-capacity is equal for all users who want more than their share, however many allocations they have', () => {
    const relay = fakeRelay({ bpsCapacity: 120 * PACKET, maxBps: 0 });
    const greedy = Array.from({ length: 8 }, (_, index) => userOf(relay, 'mallory', 1 + index));
    const others = [userOf(relay, 'alice', 11), userOf(relay, 'bob', 12)];
    let [of, rest] = [0, 0];
    for (let second = 0; second < 11; second++) {
      if (second === 1) [of, rest] = [0, 0];
      for (let step = 0; step < 20; step++) {
        for (const leg of greedy) of += leg[way](5);
        for (const other of others) rest += other[way](5);
      }
      relay.clock.advance(1000);
    }
    expect([of, rest]).toEqual([400, 800]);
  });

  it('is all available to a single user, and adapts to others within a second', () => {
    const relay = fakeRelay({ bpsCapacity: 100 * PACKET, maxBps: 0 });
    const [one, other] = [userOf(relay, 'alice', 1), userOf(relay, 'bob', 2)];
    expect(one[way](150)).toBe(100);
    relay.clock.advance(1000);
    expect(one[way](150)).toBe(100);
    // A new user gets its half at once.
    expect(other[way](150)).toBe(50);
    relay.clock.advance(1000);
    expect([one[way](150), other[way](150)]).toEqual([50, 50]);
    relay.clock.advance(1000);
    expect(other[way](150)).toBe(50);
    relay.clock.advance(1000);
    expect(other[way](150)).toBe(100);
  });
});

function bandwidthOf(file: string) {
  const { maxBps, maxBpsOfUser } = parseTurnserverConf(file, 'turnserver.conf').conf;
  return { maxBps, maxBpsOfUser };
}

describe('quotas by default', () => {
  it('have a limit in all, which a file may remove', () => {
    expect(parseTurnserverConf('', 'turnserver.conf').conf.totalQuota).toBe(8_192);
    expect(parseTurnserverConf('total-quota=0', 'turnserver.conf').conf.totalQuota).toBe(0);
  });
});
