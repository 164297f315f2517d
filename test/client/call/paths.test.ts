import { describe, expect, it, vi } from 'vitest';
import { Paths } from '../../../src/client/call/paths.ts';
import type { JoinOptions } from '../../../src/client/types.ts';

const TURN = { urls: ['turn:relay.test:3478?transport=udp'], username: 'u', credential: 'c' };
const STUN = { urls: 'stun:relay.test:3478' };

function paths(options: JoinOptions = {}) {
  const policies: (RTCIceTransportPolicy | undefined)[] = [];
  const renewPath = vi.fn();
  const onError = vi.fn();
  const connections = {
    configure(_servers: unknown, _used: unknown, policy?: RTCIceTransportPolicy) {
      policies.push(policy);
      return [];
    },
  };
  const made = new Paths({
    connections,
    remotes: () => [{ connection: undefined, renewPath }],
    options,
    onError,
  });
  return { paths: made, policies, renewals: renewPath.mock.calls, errors: onError.mock.calls };
}

describe('hiding one’s address', () => {
  it('from the start takes relays only, and finds no path anew', () => {
    const { paths: own, policies, renewals } = paths({ hideAddress: true });
    own.enter([TURN], false);
    expect(policies).toEqual(['relay']);
    expect(renewals).toEqual([]);
    expect([own.hidesAddress, own.hidden, own.relayOnly]).toEqual([true, true, false]);
  });

  it('in a call leaves every path once, and so does showing it again', () => {
    const { paths: own, policies, renewals } = paths();
    own.enter([TURN], false);
    own.setHidden(true);
    own.setHidden(true);
    own.setHidden(false);
    expect(policies).toEqual(['all', 'relay', 'all']);
    // It changes for this side alone, so this side does it, whatever its politeness.
    expect(renewals).toEqual([[{ alone: true, hidden: true }], [{ alone: true, hidden: false }]]);
  });

  it('changes no path in a room that hides everybody’s, and stays when the room no longer does', () => {
    const { paths: own, policies, renewals } = paths();
    own.enter([TURN], true);
    renewals.length = 0;
    own.setHidden(true);
    expect(renewals).toEqual([]);
    own.setRelayOnly(false);
    expect(policies.at(-1)).toBe('relay');
  });

  it('is refused without a relay, and nothing changes', () => {
    const { paths: own, policies, renewals } = paths();
    own.enter([STUN], false);
    expect(() => own.setHidden(true)).toThrow(expect.objectContaining({ code: 'no_relay' }));
    expect([own.hidesAddress, policies, renewals]).toEqual([false, ['all'], []]);
  });

  it('from the start without a relay is reported, and shows no address', () => {
    const { paths: own, policies, errors } = paths({ hideAddress: true });
    own.enter([STUN], false);
    expect(own.refusal).toMatchObject({ code: 'no_relay' });
    expect(errors).toEqual([[expect.objectContaining({ code: 'no_relay' })]]);
    expect(policies).toEqual(['relay']);
  });
});

describe('a room that hides addresses', () => {
  it('has the paths renewed by one of two sides', () => {
    const { paths: own, renewals } = paths();
    own.enter([TURN], false);
    own.setRelayOnly(true);
    own.setRelayOnly(true);
    expect(renewals).toEqual([[{ alone: false, hidden: true }]]);
    expect([own.hidden, own.relayOnly, own.hidesAddress]).toEqual([true, true, false]);
  });
});
