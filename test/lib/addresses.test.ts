import { describe, expect, it } from 'vitest';
import {
  blockKey,
  canonicalAddress,
  createAddressResolver,
  networkKey,
  networkSet,
  parseNetwork,
} from '../../src/lib/addresses.ts';

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['0000:0000:0000:0000:0000:ffff:c000:0201', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0:0:0:c000:201'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('spells %s as %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each(['', 'localhost', '192.0.2', '192.0.2.256', '010.0.0.1', '1::2::3', '1:2:3', '__proto__'])(
    'refuses %j',
    (text) => {
      expect(canonicalAddress(text)).toBeUndefined();
    },
  );
});

describe('networkKey', () => {
  it('[RM7] counts an IPv4 address by itself and an IPv6 address by its /64', () => {
    expect(networkKey('192.0.2.1')).toBe('192.0.2.1');
    expect(networkKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkKey('2001:db8:1:2:ffff::')).toBe('2001:db8:1:2::/64');
    expect(networkKey('2001:db8:1:3::1')).not.toBe(networkKey('2001:db8:1:2::1'));
  });

  it('[RM7] counts an IPv4-mapped address as its IPv4 address', () => {
    expect(networkKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkKey('::ffff:192.0.2.2')).not.toBe(networkKey('::ffff:192.0.2.1'));
  });

  it('gives all text that is no address the same key', () => {
    expect(networkKey('')).toBe(networkKey('x'.repeat(1000)));
  });
});

describe('blockKey', () => {
  it('[AC2] puts the networks that one customer can have into one block', () => {
    expect(blockKey('192.0.2.1')).toBe('192.0.2.0/24');
    expect(blockKey('::ffff:192.0.2.255')).toBe('192.0.2.0/24');
    expect(blockKey('192.0.3.1')).not.toBe(blockKey('192.0.2.1'));
    expect(blockKey('2001:db8:1:2::1')).toBe('2001:db8:1::/48');
    expect(blockKey('2001:db8:1:ffff::1')).toBe(blockKey('2001:db8:1:2::1'));
    expect(blockKey('2001:db8:2::1')).not.toBe(blockKey('2001:db8:1::1'));
    expect(blockKey('')).toBe(blockKey('x'.repeat(1000)));
  });
});

describe('networks', () => {
  it.each([
    ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8 }],
    ['192.0.2.1', { address: '192.0.2.1', prefix: 32 }],
    ['2001:db8::/32', { address: '2001:db8:0:0:0:0:0:0', prefix: 32 }],
    ['::ffff:10.0.0.0/104', { address: '10.0.0.0', prefix: 8 }],
    ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0 }],
  ])('reads %s', (text, network) => {
    expect(parseNetwork(text)).toEqual(network);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129', '::ffff:10.0.0.0/8', 'x/8'])(
    'refuses %s',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );

  it('finds addresses in a set of networks, however they are spelt', () => {
    const inside = networkSet([
      { address: '10.0.0.0', prefix: 8 },
      { address: '2001:db8:0:0:0:0:0:0', prefix: 32 },
    ]);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:ffff::1'].filter((address) => !inside(address))).toEqual(
      [],
    );
    expect(['11.0.0.1', '2001:db9::1', '', 'nonsense'].filter(inside)).toEqual([]);
  });
});

describe('createAddressResolver', () => {
  const proxies = [
    { address: '10.0.0.0', prefix: 8 },
    { address: '0:0:0:0:0:0:0:1', prefix: 128 },
  ];
  const client = createAddressResolver(proxies);

  it('takes the direct peer if nothing was forwarded', () => {
    expect(client('203.0.113.7', '')).toBe('203.0.113.7');
  });

  it('does not believe a header that no trusted proxy wrote', () => {
    expect(client('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
    expect(createAddressResolver([])('10.0.0.1', '198.51.100.1')).toBe('10.0.0.1');
  });

  it('takes what a trusted proxy saw, not what the client claimed before it', () => {
    expect(client('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
    expect(client('10.0.0.1', '6.6.6.6, 198.51.100.1')).toBe('198.51.100.1');
  });

  it('walks through a chain of trusted proxies', () => {
    expect(client('::1', '6.6.6.6, 198.51.100.1, 10.0.0.2,10.0.0.3')).toBe('198.51.100.1');
    expect(client('0000:0000:0000:0000:0000:ffff:0a00:0001', '2001:db8::1')).toBe('2001:db8:0:0:0:0:0:1');
  });

  it('stops at an entry that is no address', () => {
    expect(client('10.0.0.1', '198.51.100.1, unknown')).toBe('10.0.0.1');
    expect(client('10.0.0.1', ',,')).toBe('10.0.0.1');
  });

  it('reads entries with a port', () => {
    expect(client('10.0.0.1', '198.51.100.1:4711')).toBe('198.51.100.1');
    expect(client('10.0.0.1', '[2001:db8::1]:4711')).toBe('2001:db8:0:0:0:0:0:1');
  });

  it('takes the leftmost address if every hop is trusted', () => {
    expect(client('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  });
});
