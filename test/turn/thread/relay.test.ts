import { createSocket } from 'node:dgram';
import { request } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../src/turn/conf/relay-conf.ts';
import { createRelay } from '../../../src/turn/thread/relay.ts';
import { makeCertificate, type TestCertificate } from '../../support/server/certificate.ts';
import { startRelay, type TestRelay } from '../../support/turn/relay.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';
import type { Transport } from '../../support/turn/turn-wire.ts';

const open: { close(): Promise<void> | void }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function relayWith(overrides: Partial<RelayConf> = {}): Promise<TestRelay> {
  const relay = await startRelay(overrides);
  open.push(relay);
  return relay;
}

async function client(relay: TestRelay, name: string, transport: Transport = 'udp'): Promise<TurnClient> {
  const { port, tlsPort } = relay.endpoint;
  const connected = await TurnClient.connect({
    host: '127.0.0.1',
    port: transport === 'tls' ? (tlsPort ?? 0) : port,
    transport,
    credentials: relay.credentials(name),
  });
  open.push(connected);
  return connected;
}

/** Two clients with channels to each other. */
async function pair(relay: TestRelay, transports: readonly [Transport, Transport]) {
  const one = await client(relay, 'one', transports[0]);
  const other = await client(relay, 'other', transports[1]);
  const oneAt = await one.allocate();
  const otherAt = await other.allocate();
  await one.bind(0x4000, otherAt);
  await other.bind(0x4001, oneAt);
  return { one, other, oneAt, otherAt };
}

/** Sends garbage as fast as one thread can. */
function pourInto(port: number): { close(): void } {
  const socket = createSocket('udp4');
  let pouring = true;
  const pour = () => {
    if (!pouring) return socket.close();
    for (let count = 0; count < 64; count++) socket.send(Buffer.alloc(200), port, '127.0.0.1');
    setImmediate(pour);
  };
  socket.bind(0, '127.0.0.1', pour);
  return {
    close() {
      pouring = false;
    },
  };
}

describe('the relay on real sockets', () => {
  let certificate: TestCertificate;
  beforeAll(async () => {
    certificate = await makeCertificate();
    return () => certificate.remove();
  });

  it.each<[Transport, Transport]>([
    ['udp', 'udp'],
    ['udp', 'tcp'],
    ['tcp', 'tls'],
    ['tls', 'udp'],
  ])('connects a client on %s with one on %s, by channel and by indication', async (...transports) => {
    const relay = await relayWith({ cert: certificate.cert, pkey: certificate.pkey });
    const { one, other, otherAt } = await pair(relay, transports);
    // 5 bytes are padded on streams, and the padding is removed again.
    one.sendChannel(0x4000, Buffer.from('hello'));
    expect(await other.next()).toEqual({ from: 0x4001, data: Buffer.from('hello') });
    one.sendTo(otherAt, Buffer.from('again'));
    expect(await other.next()).toEqual({ from: 0x4001, data: Buffer.from('again') });
    other.sendChannel(0x4001, Buffer.alloc(0));
    expect(await one.next()).toEqual({ from: 0x4000, data: Buffer.alloc(0) });
  });

  it.each<Transport>(['tcp', 'tls'])(
    "drops datagrams above MAX_BUFFERED_BYTES to a client on %s that doesn't read, and continues when it does",
    { timeout: 30_000 },
    async (transport) => {
      const relay = await relayWith({ cert: certificate.cert, pkey: certificate.pkey });
      const { one, other } = await pair(relay, ['udp', transport]);
      other.pause();
      await expect
        .poll(
          () => {
            for (let sent = 0; sent < 200; sent++) one.sendChannel(0x4000, Buffer.alloc(8192));
            return relay.relay.stats().denials.congestion;
          },
          { interval: 20, timeout: 20_000 },
        )
        .toBeGreaterThan(0);
      expect(relay.relay.stats()).toMatchObject({ allocations: 2, connections: 1 });
      const refreshed = other.refresh();
      other.resume();
      expect(await refreshed).toBe(600);
      expect(await other.next()).toEqual({ from: 0x4001, data: Buffer.alloc(8192) });
    },
  );

  it('serves IPv6 clients with IPv6 relayed addresses', async () => {
    const relay = await relayWith({ listeningIps: ['::1'] });
    const guest = async (name: string) => {
      const { port } = relay.endpoint;
      const connected = await TurnClient.connect({
        host: '::1',
        port,
        credentials: relay.credentials(name),
      });
      open.push(connected);
      return connected;
    };
    const [one, other] = [await guest('one'), await guest('other')];
    const [oneAt, otherAt] = [await one.allocate(), await other.allocate()];
    expect([oneAt.address, otherAt.address]).toEqual(['::1', '::1']);
    await one.bind(0x4000, otherAt);
    await other.permit(oneAt);
    one.sendChannel(0x4000, Buffer.from('hello'));
    expect(await other.next()).toEqual({ from: oneAt, data: Buffer.from('hello') });
  });

  it('ends the allocation of a closed connection', async () => {
    const relay = await relayWith({ userQuota: 1 });
    const first = await client(relay, 'one', 'tcp');
    await first.allocate();
    first.close();
    const second = await client(relay, 'one', 'tcp');
    await expect
      .poll(
        () =>
          second.allocate().then(
            () => 'made',
            (error) => error.code,
          ),
        { timeout: 10_000 },
      )
      .toBe('made');
  });

  it('survives any bytes on every transport', async () => {
    const relay = await relayWith({ cert: certificate.cert, pkey: certificate.pkey });
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      for (const bytes of ['', '00', '4000ffff', '0001000021', 'ff'.repeat(1500), '16030100']) {
        const stranger = await client(relay, 'stranger', transport);
        stranger.write(Buffer.from(bytes, 'hex'));
      }
    }
    const guest = await client(relay, 'guest');
    await expect(guest.binding()).resolves.toEqual({ address: '127.0.0.1', port: guest.localPort });
    expect(relay.relay.restarts()).toBe(0);
  });

  it('closes a TCP connection of another protocol', async () => {
    const relay = await relayWith();
    const ended = new Promise<string>((resolve) => {
      const asked = request({ host: '127.0.0.1', port: relay.endpoint.port, path: '/' });
      asked.on('error', ({ message }) => resolve(message));
      asked.end();
    });
    await expect(ended).resolves.toMatch(/hang up|ECONNRESET/);
  });

  it('responds from the address that the request came to, on a machine with several', async () => {
    const relay = await relayWith({ listeningIps: ['0.0.0.0'] });
    for (const host of ['127.0.0.1', relay.endpoint.ownAddress]) {
      const { port } = relay.endpoint;
      const guest = await TurnClient.connect({ host, port, credentials: relay.credentials('guest') });
      open.push(guest);
      await expect(guest.binding()).resolves.toMatchObject({ port: guest.localPort });
    }
  });
});

describe('the relay thread', () => {
  it('is replaced within a second if it dies, on the same ports, with the same secret', async () => {
    /** Milliseconds that the relay let pass before it did something. */
    const delays: number[] = [];
    const after: Clock['after'] = (ms, run) => {
      delays.push(ms);
      return systemClock.after(ms, run);
    };
    let restarted = 0;
    const onRestarted = () => {
      restarted += 1;
    };
    const relay = await startRelay({}, { clock: { ...systemClock, after }, onRestarted });
    open.push(relay);
    const before = await client(relay, 'one');
    await before.allocate();
    delays.length = 0;
    expect(restarted).toBe(0);
    await relay.kill();
    await expect
      .poll(() => relay.lines.some((line) => line.includes('the relay works again')), {
        interval: 20,
        timeout: 10_000,
      })
      .toBe(true);
    expect(delays.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1_000);
    expect(delays).not.toEqual([]);
    expect(restarted).toBe(1);
    const again = await client(relay, 'one');
    await again.allocate();
    expect(relay.relay.restarts()).toBe(1);
  });

  it('is replaced as often as it dies', async () => {
    const relay = await relayWith();
    for (const times of [1, 2, 3]) {
      await relay.kill();
      await expect.poll(() => backs(relay), { timeout: 10_000 }).toBe(times);
    }
    const after = await client(relay, 'one');
    await expect(after.allocate()).resolves.toMatchObject({ address: '127.0.0.1' });
  });

  it('is replaced even if it dies in the middle of a flood', async () => {
    const relay = await relayWith();
    const flood = pourInto(relay.endpoint.port);
    open.push(flood);
    const received = () => relay.relay.stats().denials.malformed;
    for (const times of [1, 2, 3]) {
      await expect.poll(received, { timeout: 10_000 }).toBeGreaterThan(received());
      await relay.kill();
      await expect.poll(() => backs(relay), { timeout: 10_000 }).toBe(times);
    }
    flood.close();
    const after = await client(relay, 'one');
    await expect(after.allocate()).resolves.toMatchObject({ address: '127.0.0.1' });
  });

  it('refuses a revoked user at once and after a restart', async () => {
    const relay = await relayWith();
    const { one, other, oneAt } = await pair(relay, ['udp', 'tcp']);
    relay.relay.revoke('one');
    await expect(one.refresh()).rejects.toMatchObject({ code: 401 });
    await expect.poll(() => relay.relay.stats().allocations, { timeout: 10_000 }).toBe(1);
    other.sendTo(oneAt, Buffer.from('is anybody there?'));
    await relay.kill();
    await expect.poll(() => backs(relay), { timeout: 10_000 }).toBe(1);
    const again = await client(relay, 'one');
    await expect(again.allocate()).rejects.toMatchObject({ code: 401 });
    const innocent = await client(relay, 'third');
    await expect(innocent.allocate()).resolves.toMatchObject({ address: '127.0.0.1' });
  });

  it("pushes its stats, which a restart doesn't reset", async () => {
    const relay = await relayWith();
    const { one, other } = await pair(relay, ['udp', 'udp']);
    one.sendChannel(0x4000, Buffer.from('hello'));
    await other.next();
    await expect
      .poll(() => relay.relay.stats(), { timeout: 5000 })
      .toMatchObject({ allocations: 2, allocationsMade: 2, packetsUp: 1, packetsInside: 1, unauthorized: 2 });
    await relay.kill();
    expect(relay.relay.stats()).toMatchObject({ allocations: 0, allocationsMade: 2, bytesUp: 5 });
  });

  it('allows two relays in one process, and frees its ports when closed', async () => {
    const one = await relayWith();
    const other = await relayWith();
    expect(one.endpoint.port).not.toBe(other.endpoint.port);
    await (await client(one, 'x')).allocate();
    await (await client(other, 'x')).allocate();
    await one.close();
    const next = await relayWith({ listeningPort: one.endpoint.port });
    expect(next.endpoint.port).toBe(one.endpoint.port);
  });

  it("explains in one sentence why it can't start", async () => {
    const relay = await relayWith();
    const { port } = relay.endpoint;
    const refused = startRelay({ listeningPort: port });
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(
      /^the relay can't listen: .*EADDRINUSE.*Stop the other program, or set listening-port/,
    );
    await expect(startRelay({ cert: '/nowhere', pkey: '/nowhere' })).rejects.toThrow(
      /^the relay can't use its certificate: ENOENT/,
    );
  });

  it('denies peers on this machine unless loopback is allowed, and warns if it is', async () => {
    const safe = await relayWith({ allowLoopbackPeers: false });
    const guest = await client(safe, 'guest');
    await guest.allocate();
    await expect(guest.bind(0x4000, { address: '127.0.0.1', port: 22 })).rejects.toMatchObject({ code: 403 });
    const unsafe = await relayWith();
    expect(unsafe.lines.join('')).toContain('allow-loopback-peers is unsafe');
    expect(safe.lines.join('')).not.toContain('allow-loopback-peers is unsafe');
  });

  it('warns that calls from outside will fail if its address is private, and what to do', async () => {
    const hidden = await relayWith();
    expect(hidden.lines.join('')).toContain("the relay's address 127.0.0.1 is private");
    expect(hidden.lines.join('')).toContain('set external-ip=');
    const known = await relayWith({
      externalIps: [{ publicAddress: '203.0.113.7', privateAddress: undefined }],
    });
    expect(known.lines.join('')).not.toContain('is private');
    const guest = await client(known, 'guest');
    await expect(guest.allocate()).resolves.toMatchObject({ address: '203.0.113.7' });
  });

  it('can be closed before it listens', async () => {
    const conf = { ...RELAY_CONF_DEFAULTS, listeningPort: 0 };
    const relay = createRelay({ conf, secret: 's', clock: systemClock, log: silentLog, ownPorts: [] });
    await expect(relay.close()).resolves.toBeUndefined();
  });
});

function backs(relay: TestRelay): number {
  return relay.lines.filter((line) => line.includes('the relay works again')).length;
}
