import { afterAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/lib/log.ts';
import type { Family } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, METHOD } from '../../../src/turn/codec/attributes.ts';
import { RELAY_CONF_DEFAULTS } from '../../../src/turn/conf/relay-conf.ts';
import { createEngine, type Engine } from '../../../src/turn/core/engine.ts';
import type {
  DatagramReceiver,
  DatagramSocket,
  RelayIo,
  StreamReceiver,
} from '../../../src/turn/core/relay-io.ts';
import { UNAUTHENTICATED_RESPONSES } from '../../../src/turn/core/requests/unauthenticated-rate.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { memoryInUse } from '../../support/memory.ts';
import { arrive, FakeConnection } from '../../support/turn/fake-io.ts';
import {
  channelData,
  countedBytes,
  type FakeRelay,
  fakeRelay,
  REALM,
  SECRET,
  sendIndication,
  TestClient,
  UDP,
  writePeer,
} from '../../support/turn/fake-relay.ts';
import { SeededRandom } from '../../support/turn/random.ts';

/** Set the printed seed here to repeat a failure. */
const SEED = 20_260_101;
const MILLION = 1_000_000;
/** Max bytes by which the heap grows in every quarter of a run. Other growth, such as compiled code, comes once. */
const FLAT = 0.5 * 2 ** 20;
const PERMITTED = '192.0.2.9';

console.log(`turn fuzz: seed ${SEED}`);

describe('fuzz', () => {
  it('of 1,000,000 mutated datagrams and stream segments relays nothing without a permission and keeps no memory', () => {
    const random = new SeededRandom(SEED);
    const target = fuzzTarget();
    expect(steadyGrowth(() => target.run(random, MILLION / 4))).toBeLessThan(FLAT);
    expect(target.escaped).toEqual([]);
    expect(target.relayed).toBeGreaterThan(0);
    expect(target.isAlive()).toBe(true);
    expect(target.faults).toBe(0);
  }, 120_000);
});

describe('a million unauthenticated clients', () => {
  it('from changing addresses leave nothing behind and get at most 2.5 times what they sent, 30 times a second', () => {
    const random = new SeededRandom(SEED);
    const flood = strangerFlood();
    expect(steadyGrowth(() => flood.run(random, MILLION / 4))).toBeLessThan(FLAT);
    expect(flood.largestRatio).toBeLessThanOrEqual(2.5);
    // Per kind; one of the addresses has a nonce of its own, with wrong credentials.
    expect(flood.most).toBe(3 * UNAUTHENTICATED_RESPONSES);
    expect(flood.engine.stats()).toMatchObject({ allocations: 0, packetsUp: 0 });
    expect(flood.engine.stats().unauthorized).toBeGreaterThan(1000);
  }, 120_000);
});

const engines: Engine[] = [];
afterAll(() => {
  for (const engine of engines) engine.close();
});

/** A relay with one permission, at which everything is thrown; what it sends to any other peer has escaped. */
function fuzzTarget() {
  const relay = fakeRelay({ staleNonce: 0 });
  engines.push(relay.engine);
  const client = new TestClient(relay);
  const port = client.allocate().relayedPort;
  client.bind(0x4000, `${PERMITTED}:5000`);
  const stranger = new TestClient(relay, { address: '198.51.100.66', port: 6, peerId: 'mallory' });
  const corpus = corpusOf(client);
  const escaped: string[] = [];
  let relayed = 0;
  let stream = openStream(relay);

  function check(): void {
    for (const socket of relay.io.live) {
      for (const { address } of socket.take()) {
        // Only the honest client's permission lets anything out, and only to its peer.
        if (socket.port === port && address === PERMITTED) relayed++;
        else escaped.push(`${socket.port} → ${address}`);
      }
    }
    relay.socket.take();
  }

  return {
    escaped,
    get relayed() {
      return relayed;
    },
    get faults() {
      return relay.engine.stats().denials.fault;
    },
    isAlive(): boolean {
      // Its requests of this second were used up in its name.
      relay.clock.advance(1000);
      return client.bind(0x4000, `${PERMITTED}:5000`).result === 'success';
    },
    run(random: SeededRandom, count: number): void {
      for (let index = 0; index < count; index++) {
        const bytes = random.mutate(random.pick(corpus));
        const kind = random.next(8);
        if (kind < 4) arrive(relay.listener, bytes, client.address, client.port);
        else if (kind === 4) arrive(relay.listener, bytes, stranger.address, 1 + random.next(65_535));
        else if (kind === 5)
          arrive(relay.io.at(port).receiver, bytes, random.pick([PERMITTED, '192.0.2.66']), 5000);
        else {
          if (!stream.connection.open) stream = openStream(relay);
          stream.receiver.data(bytes);
          relay.io.settle();
          stream.connection.take();
        }
        if (index % 100 === 0) check();
        if (index % 10_000 === 0) {
          relay.clock.advance(1000);
          client.refresh(3600);
          client.bind(0x4000, `${PERMITTED}:5000`);
        }
      }
      check();
    },
  };
}

function openStream(relay: FakeRelay) {
  const connection = new FakeConnection();
  const receiver: StreamReceiver = relay.engine.addConnection(connection, {
    address: '198.51.100.66',
    port: 7,
  });
  return { connection, receiver };
}

/** One valid message of each kind. Those that would permit a new peer are signed with an unknown key. */
function corpusOf(client: TestClient): Buffer[] {
  const unsigned = new TestClient(client.relay, {
    address: client.address,
    credentials: { username: client.credentials.username, password: 'not the password' },
  });
  unsigned.nonce = client.nonce;
  return [
    client.encode(METHOD.binding, undefined, { bare: true, fingerprint: true }),
    client.encode(METHOD.allocate, (writer) => writer.uint32(ATTRIBUTE.requestedTransport, UDP)),
    client.encode(METHOD.refresh, undefined, { fingerprint: true }),
    unsigned.encode(METHOD.createPermission, (writer) => writePeer(writer, '192.0.2.77:1')),
    unsigned.encode(METHOD.channelBind, (writer) =>
      writePeer(writer.uint32(ATTRIBUTE.channelNumber, 0x4001_0000), '192.0.2.77:1'),
    ),
    sendIndication(`${PERMITTED}:5000`, Buffer.from('permitted')),
    sendIndication('192.0.2.77:5000', Buffer.from('not permitted')),
    sendIndication('[2001:db8::77]:5000', Buffer.from('not permitted')),
    channelData(0x4000, Buffer.from('permitted')),
    channelData(0x4001, Buffer.from('not bound')),
    Buffer.alloc(0),
  ];
}

/** Requests without credentials, and with wrong ones, from addresses that change. */
function strangerFlood() {
  const clock = new FakeClock();
  const turns: (() => void)[] = [];
  const relayIo: RelayIo = {
    openRelay(_family: Family, _port: number, _receiver: DatagramReceiver): DatagramSocket {
      throw new Error('a stranger was given a relay socket');
    },
    hasSpareDescriptors: () => true,
    nextTurn: (run) => void turns.push(run),
  };
  const engine = createEngine({
    conf: { ...RELAY_CONF_DEFAULTS, realm: REALM, staticAuthSecrets: [SECRET] },
    addresses: { relayed4: '203.0.113.1', relayed6: undefined, own: [], listenerPorts: [3478] },
    io: relayIo,
    clock,
    log: silentLog,
    randomBytes: countedBytes(),
  });
  engines.push(engine);
  let asked = 0;
  let largestRatio = 0;
  let most = 0;
  /** Responses to each address in this second. */
  const answers = new Map<string, number>();
  const socket: DatagramSocket = {
    send({ length, address }) {
      largestRatio = Math.max(largestRatio, length / asked);
      const count = (answers.get(address) ?? 0) + 1;
      answers.set(address, count);
      most = Math.max(most, count);
      return true;
    },
    close() {},
  };
  const listener = engine.addListener(socket, { address: '203.0.113.1', port: 3478 });
  const questions = strangerQuestions();
  return {
    engine,
    get largestRatio() {
      return largestRatio;
    },
    get most() {
      return most;
    },
    run(random: SeededRandom, count: number): void {
      for (let index = 0; index < count; index++) {
        const question = random.pick(questions);
        asked = question.length;
        // One in four comes from a few addresses, which reach their limit; the others are nearly all different.
        const few = random.next(4) === 0;
        const address = few ? `198.51.100.${random.next(8)}` : addressOf(random);
        arrive(listener, question, address, 1 + random.next(65_535));
        for (const run of turns.splice(0)) run();
        if (index % 5_000 === 0) {
          clock.advance(1000);
          answers.clear();
        }
      }
      answers.clear();
    },
  };
}

function addressOf(random: SeededRandom): string {
  const part = () => random.next(256);
  return `${1 + random.next(223)}.${part()}.${part()}.${part()}`;
}

function strangerQuestions(): Buffer[] {
  const client = new TestClient(fakeRelay(), { credentials: { username: 'nobody', password: 'none' } });
  const bare = { bare: true };
  return [
    client.encode(METHOD.allocate, (writer) => writer.uint32(ATTRIBUTE.requestedTransport, UDP), bare),
    client.encode(METHOD.allocate, undefined, bare),
    client.encode(METHOD.allocate, (writer) => writer.uint32(ATTRIBUTE.requestedTransport, UDP)),
    client.encode(METHOD.refresh, undefined, { bare: true, fingerprint: true }),
    client.encode(METHOD.createPermission, (writer) => writePeer(writer, '192.0.2.9:1'), bare),
    client.encode(METHOD.binding, undefined, bare),
    client.encode(0x321, undefined, bare),
    sendIndication('192.0.2.9:5000', Buffer.from('media')),
    channelData(0x4000, Buffer.from('media')),
  ];
}

/** Runs a quarter of the work four times. Returns the smallest growth of the heap: what is kept grows it every time. */
function steadyGrowth(runQuarter: () => void): number {
  const heaps = [1, 2, 3, 4].map(() => {
    runQuarter();
    return memoryInUse();
  });
  return Math.min(...heaps.slice(1).map((heap, index) => heap - (heaps[index] ?? 0)));
}
