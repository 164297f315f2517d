import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRelayed,
  withoutAddresses,
  withoutRelated,
} from '../../../../src/client/call/privacy/addresses.ts';

const RELAY =
  'candidate:3 1 udp 41885439 203.0.113.9 50000 typ relay raddr 192.0.2.7 rport 61234 generation 0';
const OFFERED = `v=0\r
o=- 4611731400430051336 2 IN IP4 198.51.100.4\r
s=-\r
t=0 0\r
a=group:BUNDLE 0 1\r
m=audio 61234 UDP/TLS/RTP/SAVPF 111\r
c=IN IP6 2001:db8::7\r
a=rtcp:61235 IN IP4 198.51.100.4\r
a=candidate:1 1 udp 2122260223 192.0.2.7 61234 typ host generation 0\r
a=candidate:2 1 udp 1686052607 198.51.100.4 61234 typ srflx raddr 192.0.2.7 rport 61234\r
a=candidate:4 1 udp 2122063615 5d5d2f0e-5ef6-4a9e-a7f1-9d4f0c5d3c11.local 51000 typ host\r
a=candidate:5 1 udp 1853817087 198.51.100.4 1025 typ prflx raddr 192.0.2.7 rport 61234\r
a=${RELAY}\r
a=remote-candidates:1 198.51.100.8 45664\r
a=ice-ufrag:abcd\r
a=fmtp:111 minptime=10;useinbandfec=1\r
m=video 0 UDP/TLS/RTP/SAVPF 96\r
c=IN IP4 0.0.0.0\r
`;

describe('a description without addresses', () => {
  it('has the relays’ candidates and all that is no address', () => {
    expect(withoutAddresses(OFFERED)).toBe(`v=0\r
o=- 4611731400430051336 2 IN IP4 0.0.0.0\r
s=-\r
t=0 0\r
a=group:BUNDLE 0 1\r
m=audio 9 UDP/TLS/RTP/SAVPF 111\r
c=IN IP4 0.0.0.0\r
a=rtcp:9 IN IP4 0.0.0.0\r
a=candidate:3 1 udp 41885439 203.0.113.9 50000 typ relay raddr 0.0.0.0 rport 0 generation 0\r
a=ice-ufrag:abcd\r
a=fmtp:111 minptime=10;useinbandfec=1\r
m=video 0 UDP/TLS/RTP/SAVPF 96\r
c=IN IP4 0.0.0.0\r
`);
  });

  it('is the same if it is cleaned again', () => {
    const once = withoutAddresses(OFFERED);
    expect(withoutAddresses(once)).toBe(once);
  });

  const person = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.uuid().map((id) => `${id}.local`),
  );
  const type = fc.constantFrom('host', 'srflx', 'prflx', 'HOST', 'Srflx', 'relay');
  const line = fc.oneof(
    fc
      .tuple(person, type, fc.constantFrom('udp', 'tcp', 'UDP'), fc.option(fc.nat(65_535)))
      .map(([address, typ, transport, related]) => {
        // A relay's candidate may say its own address; what is related to it is the person's.
        const at = typ === 'relay' ? 'relay.test' : address;
        const rest = related === null ? '' : ` raddr ${address} rport ${related}`;
        return `a=candidate:1 1 ${transport} 1 ${at} 5000 typ ${typ}${rest}`;
      }),
    person.map((address) => `c=IN IP${address.includes(':') ? 6 : 4} ${address}`),
    person.map((address) => `c=IN IP4 ${address}/127`),
    person.map((address) => `o=jane 1 2 IN IP4 ${address}`),
    person.map((address) => `a=rtcp:53020 IN IP4 ${address}`),
    person.map((address) => `a=remote-candidates:1 ${address} 5000 2 ${address} 5001`),
    fc.constant('a=mid:0'),
  );

  it('tells no address of the person, whatever lines it has', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\r\n', '\n'), (lines, end) => {
        const sdp = lines.map((each) => each + end).join('');
        const addresses =
          sdp.match(/[0-9a-f.:]*(?:\d+\.){3}\d+|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]+|\S+\.local/gi) ?? [];
        const cleaned = withoutAddresses(sdp);
        for (const address of addresses)
          if (address !== '0.0.0.0') expect(cleaned.split(/[\s/]/)).not.toContain(address);
        expect(cleaned).not.toMatch(/ typ (?!relay)/i);
      }),
    );
  });
});

describe('a candidate', () => {
  it.each([
    [RELAY, true],
    [`a=${RELAY}`, true],
    ['', true],
    ['candidate:1 1 udp 2122260223 192.0.2.7 61234 typ host', false],
    ['candidate:2 1 udp 1686052607 198.51.100.4 61234 typ srflx raddr 192.0.2.7 rport 61234', false],
    ['candidate:5 1 udp 1853817087 198.51.100.4 1025 typ prflx', false],
    ['candidate:9 1 udp 1 192.0.2.7 9 typ host typ relay', false],
    ['candidate:9 1 udp 1 192.0.2.7 9 typ relayed', false],
    ['192.0.2.7 typ relay', false],
  ])('%s: a relay’s %s', (candidate, expected) => {
    expect(isRelayed(candidate)).toBe(expected);
  });

  it('of a relay loses the address that the relay was asked from', () => {
    expect(withoutRelated(RELAY)).toBe(
      'candidate:3 1 udp 41885439 203.0.113.9 50000 typ relay raddr 0.0.0.0 rport 0 generation 0',
    );
  });
});
