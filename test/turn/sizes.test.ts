import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/server/certificate.ts';
import { startRelay, type TestRelay } from '../support/turn/relay.ts';
import { TurnClient } from '../support/turn/turn-client.ts';
import type { Transport } from '../support/turn/turn-wire.ts';

const SIZES = [
  65_465, 65_480, 65_500, 65_504, 65_505, 65_507, 65_508, 65_517, 65_527, 65_528, 65_532, 65_535,
];
const HOSTS = ['127.0.0.1', '::1'] as const;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];

/** Messages and datagrams of every size around the limits, on real sockets: none of them ends the relay thread. */
describe.each(HOSTS)('the largest messages and datagrams, on %s', (host) => {
  let certificate: TestCertificate;
  let relay: TestRelay;

  beforeAll(async () => {
    certificate = await makeCertificate();
    relay = await startRelay({ listeningIps: [host], cert: certificate.cert, pkey: certificate.pkey });
  });
  afterAll(async () => {
    await relay.close();
    certificate.remove();
  });

  function client(name: string, transport: Transport): Promise<TurnClient> {
    const { port, tlsPort } = relay.endpoint;
    return TurnClient.connect({
      host,
      port: transport === 'tls' ? (tlsPort ?? 0) : port,
      transport,
      credentials: relay.credentials(name),
    });
  }

  it.each(TRANSPORTS.flatMap((from) => TRANSPORTS.map((to) => [from, to] as const)))(
    'from a client on %s to one on %s without a channel',
    async (from, to) => {
      const one = await client('one', from);
      const other = await client('other', to);
      const [oneAt, otherAt] = [await one.allocate(), await other.allocate()];
      await one.bind(0x4000, otherAt);
      await other.permit(oneAt);
      // A client's own UDP socket can't send more.
      for (const size of SIZES)
        if (from !== 'udp' || size < 65_465) one.sendChannel(0x4000, Buffer.alloc(size));
      await one.refresh();
      await alive(other, () => one.sendChannel(0x4000, Buffer.from('alive')));
      one.close();
      other.close();
      expect([relay.relay.restarts(), relay.relay.stats().denials.fault]).toEqual([0, 0]);
    },
  );

  it.each(TRANSPORTS)('from a peer to a client on %s', async (transport) => {
    const guest = await client('guest', transport);
    const { port } = await guest.allocate();
    const peer = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => peer.bind(0, host, resolve));
    await guest.permit({ address: host, port: peer.address().port });
    for (const size of SIZES) await new Promise((sent) => peer.send(Buffer.alloc(size), port, host, sent));
    await guest.refresh();
    await alive(guest, () => peer.send('alive', port, host));
    peer.close();
    guest.close();
    expect([relay.relay.restarts(), relay.relay.stats().denials.fault]).toEqual([0, 0]);
  });
});

/** Large datagrams may be lost, and small ones while many large ones wait, so this sends until one arrives. */
async function alive(client: TurnClient, send: () => void): Promise<void> {
  const sending = setInterval(send, 20);
  try {
    let text = '';
    while (text !== 'alive') text = (await client.next()).data.toString();
  } finally {
    clearInterval(sending);
  }
}
