import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../src/turn/conf/relay-conf.ts';
import type { Interfaces } from '../../../src/turn/thread/machine-addresses.ts';
import { CHECK_MS, LOOKUP_MS, START_LOOKUP_MS } from '../../../src/turn/thread/machine-monitor.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { startRelay, type TestRelay } from '../../support/turn/relay.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';
import type { Transport } from '../../support/turn/turn-wire.ts';

/** Linux can bind to all of 127.0.0.0/8, so these stand for addresses that come and go. */
const [HOME, OTHER] = ['127.0.0.1', '127.0.0.9'];
/** Not an address of this machine, so it can't be bound, like one that is in duplicate address detection. */
const TENTATIVE = '203.0.113.77';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function interfaces(addresses: readonly string[]): Interfaces {
  const info = (address: string): NetworkInterfaceInfo => {
    const rest = { address, netmask: '', mac: '', internal: false, cidr: null };
    return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
  };
  return { eth0: addresses.map(info) };
}

/** A relay on a machine with these addresses, which `become` changes. */
async function relayOn(addresses: readonly string[], overrides: Partial<RelayConf> = {}) {
  const clock = new FakeClock(Date.now());
  const names = new Map<string, string>();
  let now = addresses;
  const machine = {
    interfaces: () => interfaces(now),
    lookup: async (name: string) => {
      const address = names.get(name);
      if (address === undefined) throw new Error(`getaddrinfo ENOTFOUND ${name}`);
      return { address };
    },
  };
  const relay = await startRelay({ listeningIps: [], ...overrides }, { clock, machine });
  open.push(relay);
  return {
    relay,
    clock,
    names,
    become(next: readonly string[]) {
      now = next;
      clock.advance(CHECK_MS);
    },
  };
}

async function client(relay: TestRelay, host: string, transport: Transport = 'udp'): Promise<TurnClient> {
  const { port } = relay.endpoint;
  const credentials = relay.credentials('ann');
  const connected = await TurnClient.connect({ host, port, transport, credentials, deadline: 1_000 });
  open.push(connected);
  return connected;
}

/** Problem codes except that there is only loopback, which stands for a network here. */
const codes = ({ relay }: TestRelay) =>
  relay
    .problems()
    .flatMap(({ code, message }) => (message.includes('only loopback addresses') ? [] : [code]));
const soon = { interval: 20, timeout: 10_000 };
const relayedFrom = async (relay: TestRelay, host: string) =>
  (await (await client(relay, host)).allocate()).address;

describe('the relay and the addresses of its machine', () => {
  it('starts before the network is up, and serves UDP once it is', async () => {
    const { relay, become } = await relayOn([]);
    expect(relay.relay.problems().map(({ code }) => code)).toEqual(['no_network']);
    become([OTHER, '127.0.0.77']);
    await expect.poll(() => relayedFrom(relay, OTHER).catch(() => 'nowhere'), soon).toBe(OTHER);
    expect(relay.endpoint.ownAddress).toBe(OTHER);
  });

  it('ends the allocations of an address that is gone, and leaves the others alone', async () => {
    const { relay, become } = await relayOn([HOME, OTHER]);
    const [here, there] = [await client(relay, HOME), await client(relay, OTHER)];
    const stream = await client(relay, OTHER, 'tcp');
    for (const each of [here, there, stream]) await each.allocate();
    become([HOME]);
    await stream.closed;
    expect(await here.refresh()).toBe(600);
    await expect.poll(() => relay.relay.stats().allocations, soon).toBe(1);
    await expect(there.refresh()).rejects.toThrow();
    become([HOME, OTHER]);
    await expect.poll(() => relayedFrom(relay, OTHER).catch(() => 'nowhere'), soon).toBe(HOME);
  });

  it('relays from the new address after a change, and ends allocations of the old one', async () => {
    const { relay, become } = await relayOn([OTHER]);
    const before = await client(relay, OTHER, 'udp');
    await before.allocate();
    become([HOME]);
    await expect.poll(() => relayedFrom(relay, HOME).catch(() => 'nowhere'), soon).toBe(HOME);
    await expect.poll(() => relay.relay.stats().allocations, soon).toBe(1);
    expect(relay.endpoint.ownAddress).toBe(HOME);
  });

  it('starts with an address that can’t be bound yet, reports it, and tries again', async () => {
    const { relay, become } = await relayOn([HOME, TENTATIVE], { relayIps: [HOME] });
    expect(codes(relay)).toEqual(['listener']);
    expect(relay.relay.problems()[0]?.message).toContain('EADDRNOTAVAIL');
    expect(relay.relay.problems()[0]?.message).not.toContain(TENTATIVE);
    expect(relay.lines.join('')).toContain(`"address":"${TENTATIVE}"`);
    expect(await relayedFrom(relay, HOME)).toBe(HOME);
    become([HOME]);
    await expect.poll(() => codes(relay), soon).toEqual([]);
  });

  it('reports that relay sockets can’t be bound, and when they can again', async () => {
    const { relay, become } = await relayOn([HOME, TENTATIVE]);
    await expect(relayedFrom(relay, HOME)).rejects.toMatchObject({ code: 508 });
    await expect.poll(() => codes(relay), soon).toContain('relay_socket');
    become([HOME]);
    await expect.poll(() => codes(relay), soon).toEqual([]);
  });

  it('denies peers on an address that the machine got after the start', async () => {
    const later = '203.0.113.50';
    const { relay, become } = await relayOn([HOME], { relayIps: [HOME] });
    const ann = await client(relay, HOME);
    await ann.allocate();
    await ann.permit({ address: later, port: 22 });
    become([HOME, later]);
    await expect
      .poll(() => ann.permit({ address: later, port: 22 }).catch(({ code }) => code), soon)
      .toBe(403);
  });

  it('uses the current addresses when its thread restarts', async () => {
    const { relay, clock, become } = await relayOn([HOME]);
    become([HOME, OTHER]);
    await relay.kill();
    expect(codes(relay)).toContain('thread');
    clock.advance(1);
    await expect.poll(() => codes(relay), soon).toEqual([]);
    expect(await relayedFrom(relay, OTHER)).toBe(HOME);
  });

  it('keeps running if the machine’s addresses can’t be read', async () => {
    let broken = false;
    const clock = new FakeClock(Date.now());
    const machine = {
      interfaces() {
        if (broken) throw new Error('EMFILE');
        return interfaces([HOME]);
      },
      lookup: () => Promise.reject(new Error('nobody asks')),
    };
    const relay = await startRelay({ listeningIps: [] }, { clock, machine });
    open.push(relay);
    broken = true;
    clock.advance(CHECK_MS);
    expect(codes(relay)).toEqual(['no_network']);
    expect(await relayedFrom(relay, HOME)).toBe(HOME);
    broken = false;
    clock.advance(CHECK_MS);
    expect(codes(relay)).toEqual([]);
  });
});

describe('host names in turnserver.conf', () => {
  const EXTERNAL = { externalIps: [{ publicAddress: 'turn.example.org', privateAddress: undefined }] };

  it('are looked up until they have an address, and again from time to time', async () => {
    const { relay, clock, names } = await relayOn([HOME], EXTERNAL);
    expect(codes(relay)).toEqual(['host_name']);
    expect(relay.lines.join('')).toContain('turn.example.org');
    expect(await relayedFrom(relay, HOME)).toBe(HOME);

    names.set('turn.example.org', '203.0.113.7');
    clock.advance(CHECK_MS);
    await expect.poll(() => codes(relay), soon).toEqual([]);
    await expect.poll(() => relayedFrom(relay, HOME), soon).toBe('203.0.113.7');
    expect(relay.endpoint.externalAddress).toBe('203.0.113.7');

    names.set('turn.example.org', '203.0.113.8');
    clock.advance(LOOKUP_MS + CHECK_MS);
    await expect.poll(() => relayedFrom(relay, HOME), soon).toBe('203.0.113.8');
  });

  it("don't delay the start if the resolver doesn’t answer, and are looked up once at a time", async () => {
    const clock = new FakeClock(Date.now());
    const asked: (() => void)[] = [];
    const machine = {
      interfaces: () => interfaces([HOME]),
      lookup: () =>
        new Promise<{ address: string }>((resolve) => asked.push(() => resolve({ address: '203.0.113.7' }))),
    };
    const starting = startRelay({ listeningIps: [], ...EXTERNAL }, { clock, machine });
    await expect.poll(() => asked.length, soon).toBe(1);
    clock.advance(START_LOOKUP_MS);
    const relay = await starting;
    open.push(relay);
    for (let look = 0; look < 10; look++) clock.advance(CHECK_MS);
    expect([asked.length, ...codes(relay)]).toEqual([1, 'host_name']);
    asked[0]?.();
    await expect.poll(() => relayedFrom(relay, HOME), soon).toBe('203.0.113.7');
    expect(codes(relay)).toEqual([]);
  });

  it("keep their address while the resolver doesn't answer", async () => {
    const { relay, clock, names } = await relayOn([HOME], EXTERNAL);
    names.set('turn.example.org', '203.0.113.7');
    clock.advance(CHECK_MS);
    await expect.poll(() => relay.endpoint.externalAddress, soon).toBe('203.0.113.7');
    names.clear();
    clock.advance(LOOKUP_MS + CHECK_MS);
    await expect.poll(() => codes(relay), soon).toEqual(['host_name']);
    expect(relay.endpoint.externalAddress).toBe('203.0.113.7');
  });

  it('name where to listen; one without an address opens no listener', async () => {
    const { relay, clock, names } = await relayOn([HOME, OTHER], {
      listeningIps: ['turn.example.org', HOME],
    });
    await expect(client(relay, OTHER).then((ann) => ann.binding())).rejects.toThrow();
    names.set('turn.example.org', OTHER);
    clock.advance(CHECK_MS);
    await expect.poll(() => relayedFrom(relay, OTHER).catch(() => 'nowhere'), soon).not.toBe('nowhere');
    expect(RELAY_CONF_DEFAULTS.listeningIps).toEqual([]);
  });
});
