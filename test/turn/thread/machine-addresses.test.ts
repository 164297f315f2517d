import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { RELAY_CONF_DEFAULTS } from '../../../src/turn/conf/relay-conf.ts';
import { type Interfaces, machineAddresses } from '../../../src/turn/thread/machine-addresses.ts';

function info(address: string): NetworkInterfaceInfo {
  const rest = { address, netmask: '', mac: '', internal: false, cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}

function interfaces(found: Readonly<Record<string, readonly string[]>>): Interfaces {
  return Object.fromEntries(Object.entries(found).map(([name, list]) => [name, list.map(info)]));
}

const HOME = interfaces({
  lo: ['127.0.0.1', '::1'],
  docker0: ['172.17.0.1'],
  eth0: ['192.168.1.5', 'fe80::1'],
});
const VPS = interfaces({
  lo: ['127.0.0.1', '::1'],
  eth0: ['10.9.9.9', '8.8.8.8', '2606:4700::7', 'fe80::1'],
});

describe('machineAddresses', () => {
  it('listens on each address for UDP, except link-local IPv6', () => {
    expect(machineAddresses(RELAY_CONF_DEFAULTS, VPS)).toMatchObject({
      datagram: ['127.0.0.1', '::1', '10.9.9.9', '8.8.8.8', '2606:4700::7'],
      stream: ['0.0.0.0', '::'],
    });
  });

  it('prefers the address that most of the world can reach', () => {
    expect(machineAddresses(RELAY_CONF_DEFAULTS, VPS)).toMatchObject({
      relay4: { bound: '8.8.8.8', relayed: '8.8.8.8' },
      relay6: { bound: '2606:4700::7', relayed: '2606:4700::7' },
      preferred: '8.8.8.8',
      reachable: true,
    });
  });

  it('prefers a real network to a bridge of containers, and knows that it is private', () => {
    expect(machineAddresses(RELAY_CONF_DEFAULTS, HOME)).toMatchObject({
      preferred: '192.168.1.5',
      reachable: false,
      external: undefined,
    });
  });

  it('uses loopback if there is nothing else', () => {
    const alone = machineAddresses(RELAY_CONF_DEFAULTS, interfaces({ lo: ['127.0.0.1'] }));
    expect(alone).toMatchObject({ relay4: { bound: '127.0.0.1' }, relay6: undefined, stream: ['0.0.0.0'] });
  });

  it.each([
    ['IPv4', { lo: ['127.0.0.1', '::1'], eth0: ['8.8.8.8', 'fe80::1'] }, '8.8.8.8', undefined],
    ['IPv6', { lo: ['127.0.0.1', '::1'], eth0: ['2606:4700::7'] }, undefined, '2606:4700::7'],
    ['no family at all', { lo: ['127.0.0.1', '::1'] }, '127.0.0.1', '::1'],
  ])("doesn't relay from a loopback address on a host with %s", (_, found, four, six) => {
    const { relay4, relay6 } = machineAddresses(RELAY_CONF_DEFAULTS, interfaces(found));
    expect([relay4?.bound, relay6?.bound]).toEqual([four, six]);
  });

  it('tells clients external-ip and binds the address behind it', () => {
    const conf = {
      ...RELAY_CONF_DEFAULTS,
      externalIps: [{ publicAddress: '203.0.113.7', privateAddress: '192.168.1.5' }],
    };
    const found = machineAddresses(conf, HOME);
    expect(found).toMatchObject({
      relay4: { bound: '192.168.1.5', relayed: '203.0.113.7' },
      external: '203.0.113.7',
      preferred: '203.0.113.7',
      reachable: true,
    });
    expect(found.own).toContain('203.0.113.7');
    expect(found.own).toContain('172.17.0.1');
  });

  it('ignores an external-ip for another address of this machine', () => {
    const conf = {
      ...RELAY_CONF_DEFAULTS,
      relayIps: ['172.17.0.1'],
      externalIps: [{ publicAddress: '203.0.113.7', privateAddress: '192.168.1.5' }],
    };
    expect(machineAddresses(conf, HOME).relay4).toEqual({ bound: '172.17.0.1', relayed: '172.17.0.1' });
  });

  it('relays from relay-ip, or else from listening-ip', () => {
    const listening = { ...RELAY_CONF_DEFAULTS, listeningIps: ['172.17.0.1'] };
    expect(machineAddresses(listening, HOME)).toMatchObject({
      datagram: ['172.17.0.1'],
      stream: ['172.17.0.1'],
      relay4: { bound: '172.17.0.1' },
      relay6: undefined,
    });
    expect(machineAddresses({ ...listening, relayIps: ['192.168.1.5'] }, HOME).relay4?.bound).toBe(
      '192.168.1.5',
    );
  });

  it('listens once for streams if listening-ip has a wildcard and an address that it covers', () => {
    const listeningIps = ['127.0.0.1', '0.0.0.0', '0.0.0.0', '2606:4700::7'];
    expect(machineAddresses({ ...RELAY_CONF_DEFAULTS, listeningIps }, VPS)).toMatchObject({
      datagram: ['127.0.0.1', '10.9.9.9', '8.8.8.8', '2606:4700::7'],
      stream: ['0.0.0.0', '2606:4700::7'],
    });
  });

  it('reads listening-ip=0.0.0.0 as every IPv4 address', () => {
    const found = machineAddresses({ ...RELAY_CONF_DEFAULTS, listeningIps: ['0.0.0.0'] }, VPS);
    expect(found).toMatchObject({
      datagram: ['127.0.0.1', '10.9.9.9', '8.8.8.8'],
      stream: ['0.0.0.0'],
      relay4: { bound: '8.8.8.8' },
    });
  });
});
