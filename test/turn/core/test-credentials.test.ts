import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../src/turn/codec/attributes.ts';
import {
  MAX_TEST_ALLOCATIONS,
  MAX_TEST_ALLOCATIONS_OF_NETWORK,
  TEST_BYTES_PER_SECOND,
  TEST_SECONDS,
  testName,
} from '../../../src/turn/core/allocations/test-users.ts';
import {
  channelData,
  type FakeRelay,
  fakeRelay,
  RELAYED4,
  restCredentials,
  TestClient,
} from '../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';

/** A client with test credentials; those of the same `name` are one tester's. */
function tester(
  relay: FakeRelay,
  { name = 'ann', port = 41_000, address = '198.51.100.7' } = {},
): TestClient {
  const credentials = restCredentials(relay.clock, testName(name), TEST_SECONDS);
  return new TestClient(relay, { port, address, credentials });
}

/** Two allocations of one tester that have bound channels to each other, and what arrives at the second. */
function loop(relay: FakeRelay, names: readonly [string, string] = ['ann', 'ann'], port = 41_000) {
  const [one, other] = names.map((name, index) => tester(relay, { name, port: port + index })) as [
    TestClient,
    TestClient,
  ];
  const [from, to] = [one.allocate().relayedPort, other.allocate().relayedPort];
  const bound = [one.bind(0x4000, `${RELAYED4}:${to}`), other.bind(0x4000, `${RELAYED4}:${from}`)];
  expect(bound.map(({ result }) => result)).toEqual(['success', 'success']);
  const received = (count: number, bytes: number): number => {
    for (let sent = 0; sent < count; sent++) one.channelData(0x4000, Buffer.alloc(bytes));
    return other.received().length;
  };
  return { one, other, received, to };
}

describe('test credentials', () => {
  it('loop data through the relay, between allocations of the same credentials', () => {
    const relay = fakeRelay();
    const { one, other, to } = loop(relay);
    one.channelData(0x4000, 'tea');
    expect(other.received()).toEqual([channelData(0x4000, Buffer.from('tea'))]);
    one.send(`${RELAYED4}:${to}`, 'two');
    expect(other.received()).toEqual([channelData(0x4000, Buffer.from('two'))]);
  });

  it("reach nobody else's allocation, neither a tester's nor a user's", () => {
    const relay = fakeRelay();
    expect(loop(relay, ['ann', 'eve']).received(3, 10)).toBe(0);
    const user = new TestClient(relay, { port: 50_000 });
    const relayed = `${RELAYED4}:${user.allocate().relayedPort}`;
    user.permit(`${RELAYED4}:1`);
    const eve = tester(relay, { name: 'eve', port: 42_000 });
    eve.allocate();
    expect(eve.bind(0x4000, relayed).result).toBe('success');
    eve.channelData(0x4000, 'for you');
    eve.send(relayed, 'for you');
    expect(user.received()).toEqual([]);
    expect(relay.engine.stats().denials.peer).toBe(5);
  });

  it.each([PEER, '10.0.0.1:9', '127.0.0.1:9', `${RELAYED4}:9`])('bind no channel to %s', (peer) => {
    const relay = fakeRelay({ allowLoopbackPeers: true });
    const ann = tester(relay);
    ann.allocate();
    expect(ann.bind(0x4000, peer).result).toBe(403);
  });

  it('are permitted no peer outside, whatever turnserver.conf allows', () => {
    const relay = fakeRelay({ allowLoopbackPeers: true });
    const ann = tester(relay);
    const socket = relay.io.at(ann.allocate().relayedPort);
    for (const peer of [PEER, '10.0.0.1:9', '127.0.0.1:9']) expect(ann.permit(peer).result).toBe(403);
    expect(ann.permit(`${RELAYED4}:9`, PEER).result).toBe(403);
    ann.send(PEER, 'out');
    expect(ann.permit(`${RELAYED4}:9`).result).toBe('success');
    ann.send(`${RELAYED4}:9`, 'out');
    expect(socket.take()).toEqual([]);
  });

  it('stay inside if the addresses of the machine change', () => {
    const relay = fakeRelay();
    const { one, received } = loop(relay);
    const user = new TestClient(relay, { port: 50_000 });
    const relayed = `${RELAYED4}:${user.allocate().relayedPort}`;
    user.permit(`${RELAYED4}:1`);
    const addresses = { relayed4: RELAYED4, relayed6: undefined, own: ['10.0.0.2'], listenerPorts: [3478] };
    relay.engine.setAddresses(addresses, []);
    expect(received(1, 10)).toBe(1);
    one.send(relayed, 'for you');
    expect(user.received()).toEqual([]);
  });

  it('relay 1 Mbit/s each way over all allocations, and not a packet more', () => {
    const relay = fakeRelay();
    const { received } = loop(relay);
    const another = loop(relay, ['eve', 'eve'], 43_000);
    const packets = TEST_BYTES_PER_SECOND / 1_000;
    expect(received(packets + 10, 1_000)).toBe(packets);
    expect(relay.engine.stats().denials.bandwidth).toBe(10);
    expect(another.received(1, 1_000)).toBe(1);
    relay.clock.advance(1_000);
    expect(received(packets + 10, 1_000)).toBe(packets);
  });

  it('relay no more than max-bps, if that is less', () => {
    expect(loop(fakeRelay({ maxBps: 3_000 })).received(10, 1_000)).toBe(3);
  });

  it('end their allocations after 60 s, whatever lifetime is asked for', () => {
    const relay = fakeRelay();
    const ann = tester(relay);
    expect(ann.allocate((writer) => writer.uint32(ATTRIBUTE.lifetime, 3_600)).lifetime).toBe(60);
    relay.clock.advance(20_000);
    expect(ann.refresh(3_600).lifetime).toBe(40);
    relay.clock.advance(39_999);
    expect(ann.refresh().lifetime).toBe(1);
    expect(relay.engine.stats().allocations).toBe(1);
    relay.clock.advance(1_001);
    expect(relay.engine.stats().allocations).toBe(0);
    expect(relay.io.live).toEqual([]);
    expect(ann.allocate().result).toBe(401);
  });

  it('end an allocation that is made late when the credentials end', () => {
    const relay = fakeRelay();
    const ann = tester(relay);
    relay.clock.advance(59_000);
    expect(ann.allocate().lifetime).toBe(1);
    relay.clock.advance(2_000);
    expect(relay.engine.stats().allocations).toBe(0);
  });

  it('end after 60 s even if the wall clock was set back since they were made', () => {
    const relay = fakeRelay();
    const ann = tester(relay);
    relay.clock.jump(-3_600_000);
    expect(ann.allocate((writer) => writer.uint32(ATTRIBUTE.lifetime, 3_600)).lifetime).toBe(60);
    relay.clock.advance(60_000);
    expect(relay.engine.stats().allocations).toBe(0);
  });

  it('make MAX_TEST_ALLOCATIONS_OF_NETWORK at a time from one network address, which users are not counted in', () => {
    const relay = fakeRelay();
    new TestClient(relay, { port: 50_000 }).allocate();
    const testers = Array.from({ length: MAX_TEST_ALLOCATIONS_OF_NETWORK + 1 }, (_, index) =>
      tester(relay, { name: `ann-${index}`, port: 41_000 + index }),
    );
    const results = testers.map((one) => one.allocate().result);
    expect(results.filter((result) => result === 'success')).toHaveLength(MAX_TEST_ALLOCATIONS_OF_NETWORK);
    expect(results.at(-1)).toBe(486);
    expect(tester(relay, { address: '198.51.100.8' }).allocate().result).toBe('success');
    expect(new TestClient(relay, { port: 50_001 }).allocate().result).toBe('success');
    testers[0]?.refresh(0);
    expect(testers.at(-1)?.allocate().result).toBe('success');
  });

  it('make MAX_TEST_ALLOCATIONS at a time in all', () => {
    const relay = fakeRelay();
    const from = (index: number) => tester(relay, { name: `${index}`, address: `198.51.100.${index}` });
    for (let index = 0; index < MAX_TEST_ALLOCATIONS; index++) {
      expect(from(index).allocate().result).toBe('success');
    }
    expect(from(200).allocate().result).toBe(508);
    expect(new TestClient(relay).allocate().result).toBe('success');
  });

  it.each([
    [{ minPort: 50_000, maxPort: 50_019 }, 5],
    [{ totalQuota: 12 }, 3],
    [{ minPort: 50_000, maxPort: 50_003 }, 2],
  ])('take at most a quarter of %o', (conf, most) => {
    const relay = fakeRelay(conf);
    const results = Array.from(
      { length: most + 1 },
      (_, index) => tester(relay, { name: `${index}`, port: 41_000 + index }).allocate().result,
    );
    expect(results).toEqual([...results.slice(0, most).map(() => 'success'), 508]);
  });

  it('reserve no second port', () => {
    const relay = fakeRelay();
    const both = Buffer.from([0x80]);
    expect(tester(relay).allocate((writer) => writer.bytes(ATTRIBUTE.evenPort, both)).result).toBe(486);
    expect(relay.io.opened).toEqual([]);
  });
});
