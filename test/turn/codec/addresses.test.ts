import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonical,
  embeddedIpv4s,
  inRange,
  ipv4,
  ipv6,
  parseAddress,
  parseRange,
} from '../../../src/turn/codec/addresses.ts';

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['fe80:0:0:0:1:0:0:0', 'fe80::1:0:0:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('reads %s and writes it as %s, like inet_ntop', (given, written) => {
    expect(parseAddress(given)?.text).toBe(written);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '0x7f.0.0.1',
    '2130706433',
    'localhost',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'fe80::1%eth0',
    '1.2.3.4::',
    '::1.2.3',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('reads back every address that it writes', () => {
    const word = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 1, 0xffff, 0x10000));
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        expect(parseAddress(ipv6(a, b, c, d).text)).toEqual(ipv6(a, b, c, d));
        expect(parseAddress(ipv4(d).text)).toEqual(ipv4(d));
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdf:.%/-'), maxLength: 50 }), (text) => {
        parseAddress(text);
        parseRange(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
    ['192.0.2.5/32', '192.0.2.5', '192.0.2.5'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['10.0.0.1-10.0.0.9', '10.0.0.1', '10.0.0.9'],
    ['10.0.0.1 - 10.0.0.9', '10.0.0.1', '10.0.0.9'],
    ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::/33', '2001:db8::', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::1-::9', '::1', '::9'],
  ])('reads the range %s as %s to %s', (text, first, last) => {
    const range = parseRange(text);
    expect([range?.first.text, range?.last.text]).toEqual([first, last]);
  });

  it.each([
    '10.0.0.9-10.0.0.1',
    '10.0.0.1-::1',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '1-2-3',
    '10.0.0.0/8/8',
    '/8',
  ])('refuses the range %s', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  it('knows what is in a range: both ends, and only its family', () => {
    const range = parseRange('10.0.0.1-10.0.0.9');
    const within = (text: string) => {
      const address = parseAddress(text);
      return range !== undefined && address !== undefined && inRange(address, range);
    };
    expect(['10.0.0.0', '10.0.0.1', '10.0.0.9', '10.0.0.10', '::a00:5'].map(within)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('takes an IPv4-mapped address for the IPv4 address that the kernel would reach', () => {
    const address = parseAddress('::ffff:127.0.0.1');
    expect(address && canonical(address)).toEqual(ipv4(0x7f000001));
    expect(canonical(ipv6(0, 0, 0xfffe, 1)).family).toBe(6);
  });

  it.each([
    ['::127.0.0.1', '127.0.0.1'],
    ['2002:7f00:1::', '127.0.0.1'],
    ['2002:a9fe:a9fe::1', '169.254.169.254'],
    ['64:ff9b::10.0.0.1', '10.0.0.1'],
    ['64:ff9b:1::10.0.0.1', '10.0.0.1'],
    ['2001:0:1:2:3:4:80ff:fffe', '127.0.0.1'],
    ['::ffff:0:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:0:5efe:10.0.0.1', '10.0.0.1'],
    ['2a00:1:2:3:200:5efe:192.168.0.9', '192.168.0.9'],
  ])('finds in %s the IPv4 address %s', (text, inner) => {
    const address = parseAddress(text);
    expect(address && embeddedIpv4s(address).map((found) => found.text)).toEqual([inner]);
  });

  it.each([
    // RFC 6052 §2.2: /48, /56, /64 and /96 of 10.1.2.3 under RFC 8215's prefix.
    '64:ff9b:1:a01:2:300::',
    '64:ff9b:1:a:1:203::',
    '64:ff9b:1::a:102:300:0',
    '64:ff9b:1::10.1.2.3',
  ])('finds 10.1.2.3 in %s, whichever prefix the network uses', (text) => {
    const address = parseAddress(text);
    expect(address && embeddedIpv4s(address).map((found) => found.text)).toContain('10.1.2.3');
  });

  it.each(['2001:db8::1', '::1', '::', '192.0.2.1', '2003::1'])('finds no IPv4 address in %s', (text) => {
    const address = parseAddress(text);
    expect(address && embeddedIpv4s(address)).toEqual([]);
  });
});
