import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../../src/turn/codec/attributes.ts';
import { attributeOf, decodeMessage } from '../../../../src/turn/codec/message.ts';
import { arrive } from '../../../support/turn/fake-io.ts';
import {
  channelData,
  type FakeRelay,
  fakeRelay,
  RELAYED4,
  RELAYED6,
  TestClient,
} from '../../../support/turn/fake-relay.ts';
import { SeededRandom } from '../../../support/turn/random.ts';
import { StreamTestClient } from '../../../support/turn/stream-client.ts';

const SEED = 20_261_127;
const LARGEST = { 4: 65_507, 6: 65_527 } as const;
/** All sizes around the limits of datagrams, messages and their headers, and some others. */
const SIZES = (() => {
  const random = new SeededRandom(SEED);
  const near = Array.from({ length: 96 }, (_, index) => 65_440 + index);
  return [0, 1, 3, ...Array.from({ length: 40 }, () => random.next(65_440)), ...near];
})();

type Family = 4 | 6;
const FAMILIES: readonly Family[] = [4, 6];
const TRANSPORTS = ['udp', 'stream'] as const;
const WAYS = ['a channel', 'indications'] as const;
const CASES = TRANSPORTS.flatMap((transport) =>
  FAMILIES.flatMap((family) => WAYS.map((way) => ({ transport, family, way }))),
);
const PEERS = { 4: '192.0.2.9', 6: '2001:db8:9::9' } as const;
const CLIENTS = { 4: '198.51.100.7', 6: '2001:db8:7::7' } as const;
const at = (address: string, port: number) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** A client with an allocation of its own family, on any transport. */
function clientOf(relay: FakeRelay, transport: 'udp' | 'stream', family: Family, port: number) {
  const options = { address: CLIENTS[family], port, peerId: `user${port}` };
  const asked = (writer: Parameters<Parameters<TestClient['allocate']>[0] & object>[0]) =>
    writer.uint32(ATTRIBUTE.requestedAddressFamily, family === 4 ? 0x0100_0000 : 0x0200_0000);
  if (transport === 'udp') {
    const client = new TestClient(relay, options);
    const { relayedPort } = client.allocate(asked);
    const receive = () => client.received();
    const bind = (peer: string) => client.bind(0x4000, peer).result;
    return { relayedPort, bind, permit: (peer: string) => client.permit(peer).result, receive, client };
  }
  const client = new StreamTestClient(relay, options);
  const { relayedPort } = client.allocate(asked);
  const receive = () => client.connection.take();
  const bind = (peer: string) => client.bind(0x4000, peer).result;
  return { relayedPort, bind, permit: (peer: string) => client.permit(peer).result, receive, client };
}

/** Bytes of data in a message to a client; throws if one of its lengths is wrong. */
function dataLength(bytes: Buffer): number {
  if ((bytes[0] ?? 0) >> 6 === 1) {
    const length = bytes.readUInt16BE(2);
    expect(bytes.length - 4 - length).toBeGreaterThanOrEqual(0);
    expect(bytes.length - 4 - length).toBeLessThan(4);
    return length;
  }
  const message = decodeMessage(bytes);
  const data = message && attributeOf(message, ATTRIBUTE.data);
  if (message?.wellFormed !== true || data === undefined) throw new Error('not a Data indication');
  return data.length;
}

describe('sizes up to 65,535', () => {
  it.each(CASES)(
    'from an IPv$family peer to a client on $transport by $way',
    ({ transport, family, way }) => {
      const relay = fakeRelay({ maxBps: 0 });
      const client = clientOf(relay, transport, family, 40_000);
      const peer = at(PEERS[family], 5000);
      expect(way === 'a channel' ? client.bind(peer) : client.permit(peer)).toBe('success');
      const { receiver } = relay.io.at(client.relayedPort);
      for (const size of SIZES) {
        arrive(receiver, Buffer.alloc(size, 7), PEERS[family], 5000);
        const [message, ...more] = client.receive();
        expect(more).toEqual([]);
        // Only data too large for a message, or for a datagram to the client, is lost.
        const head = way === 'a channel' ? 4 : 20 + 4 + (family === 4 ? 8 : 20) + 4;
        const padded = way === 'a channel' && transport === 'udp' ? size : (size + 3) & ~3;
        const fits = head + padded <= (transport === 'udp' ? LARGEST[family] : 65_552);
        expect([size, message === undefined ? undefined : dataLength(message)]).toEqual([
          size,
          fits ? size : undefined,
        ]);
      }
      expect(relay.engine.stats().denials.fault).toBe(0);
    },
  );

  it.each(FAMILIES)('from a client on a stream to an IPv%s peer', (family) => {
    const relay = fakeRelay({ maxBps: 0 });
    const { client, bind, relayedPort } = clientOf(relay, 'stream', family, 40_000);
    bind(at(PEERS[family], 5000));
    const socket = relay.io.at(relayedPort);
    if (!(client instanceof StreamTestClient)) throw new Error('not on a stream');
    let refused = 0;
    for (const size of SIZES) {
      const frame = channelData(0x4000, Buffer.alloc(size, 7));
      client.receiver.data(Buffer.concat([frame, Buffer.alloc(-frame.length & 3)]));
      relay.io.settle();
      const sent = socket.take().map(({ data }) => data.length);
      expect(sent).toEqual(size <= LARGEST[family] ? [size] : []);
      if (size > LARGEST[family]) refused++;
    }
    expect(relay.engine.stats().denials).toMatchObject({ size: refused, fault: 0 });
    expect(client.connection.open).toBe(true);
  });

  it.each(FAMILIES.flatMap((family) => TRANSPORTS.flatMap((to) => WAYS.map((way) => ({ family, to, way })))))(
    'from a client on a stream to another on $to, IPv$family, by $way',
    ({ family, to, way }) => {
      const relay = fakeRelay({ maxBps: 0 });
      const from = clientOf(relay, 'stream', family, 40_000);
      const other = clientOf(relay, to, family, 40_001);
      const relayed = family === 4 ? RELAYED4 : RELAYED6;
      from.bind(at(relayed, other.relayedPort));
      const back = at(relayed, from.relayedPort);
      expect(way === 'a channel' ? other.bind(back) : other.permit(back)).toBe('success');
      if (!(from.client instanceof StreamTestClient)) throw new Error('not on a stream');
      for (const size of SIZES) {
        const frame = channelData(0x4000, Buffer.alloc(size, 7));
        from.client.receiver.data(Buffer.concat([frame, Buffer.alloc(-frame.length & 3)]));
        relay.io.settle();
        for (const message of other.receive()) expect(dataLength(message)).toBe(size);
      }
      expect(relay.engine.stats().denials.fault).toBe(0);
    },
  );
});
