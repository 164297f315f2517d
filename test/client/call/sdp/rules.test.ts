import { describe, expect, it } from 'vitest';
import { createSdpRules } from '../../../../src/client/call/sdp/rules.ts';

const HOST = 'candidate:1 1 udp 2122260223 192.0.2.7 61234 typ host';
const RELAY = 'candidate:3 1 udp 41885439 203.0.113.9 50000 typ relay raddr 192.0.2.7 rport 61234';
const SDP = `v=0\r\na=${HOST}\r\na=${RELAY}\r\n`;

function rules(hidesOwn: boolean, dropsTheirs: boolean) {
  return createSdpRules({ hidesOwn: () => hidesOwn, dropsTheirs: () => dropsTheirs });
}

describe('what goes out and what is used', () => {
  it('is everything while nobody hides', () => {
    const { outgoing, incoming, ownCandidate, mayUse } = rules(false, false);
    expect([outgoing(SDP), incoming(SDP), ownCandidate(HOST), mayUse(HOST)]).toEqual([SDP, SDP, HOST, true]);
  });

  it('is of this side the relays’ candidates only if it hides; of the others, everything', () => {
    const { outgoing, incoming, ownCandidate, mayUse } = rules(true, false);
    expect(outgoing(SDP)).not.toContain('192.0.2.7');
    expect(ownCandidate(HOST)).toBeUndefined();
    expect(ownCandidate(RELAY)).toContain('203.0.113.9 50000 typ relay raddr 0.0.0.0');
    expect(incoming(SDP)).toBe(SDP);
    expect(mayUse(HOST)).toBe(true);
  });

  it('is of both sides the relays’ candidates only if all must hide', () => {
    const { outgoing, incoming, ownCandidate, mayUse } = rules(true, true);
    expect(outgoing(SDP) + incoming(SDP)).not.toMatch(/192\.0\.2\.7|typ host/);
    expect(ownCandidate(HOST)).toBeUndefined();
    expect([mayUse(HOST), mayUse(RELAY)]).toEqual([false, true]);
  });
});
