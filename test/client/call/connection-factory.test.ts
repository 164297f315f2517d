import { describe, expect, it } from 'vitest';
import {
  ConnectionFactory,
  READY_CONNECTIONS,
  type RtcConstructor,
} from '../../../src/client/call/connection-factory.ts';

type Refuses = (configuration: RTCConfiguration) => boolean;

class FakeConnection {
  configuration: RTCConfiguration;
  open = true;
  readonly #refuses: Refuses;

  constructor(configuration: RTCConfiguration, refuses: Refuses) {
    this.#refuses = refuses;
    this.configuration = configuration;
    this.setConfiguration(configuration);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    if (this.#refuses(configuration)) throw new SyntaxError('not a valid URL');
    this.configuration = configuration;
  }

  configure(configuration: RTCConfiguration): void {
    this.setConfiguration(configuration);
  }

  close(): void {
    this.open = false;
  }
}

/** A browser that refuses some configurations, and the connections that it has created. */
function browser(refuses: Refuses = () => false) {
  const made: FakeConnection[] = [];
  const RTCPeerConnection = class extends FakeConnection {
    constructor(configuration: RTCConfiguration) {
      super(configuration, refuses);
      made.push(this);
    }
  } as unknown as RtcConstructor;
  return { made, RTCPeerConnection };
}

const BASE: RTCConfiguration = { bundlePolicy: 'max-bundle' };
const urlsOf = ({ iceServers = [] }: RTCConfiguration) => iceServers.flatMap(({ urls }) => urls);
const refusesBad: Refuses = (configuration) => urlsOf(configuration).some((url) => url.includes('bad'));

describe('WebRTC', () => {
  it('is reported as unsupported if it is switched off, missing, or refused by policy', () => {
    const off = browser(() => true);
    for (const found of [undefined, off.RTCPeerConnection]) {
      expect(() => new ConnectionFactory(found, BASE)).toThrow(
        expect.objectContaining({ code: 'unsupported' }),
      );
    }
  });

  it('is tried with the connection that is used first: none is created in vain or left open', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.configure([{ urls: 'stun:a' }], []);
    expect([connections.take(), connections.take()]).toEqual(made);
    expect(made.map(({ configuration }) => urlsOf(configuration))).toEqual([['stun:a'], ['stun:a']]);
    new ConnectionFactory(RTCPeerConnection, BASE).close();
    expect(made.map(({ open }) => open)).toEqual([true, true, false]);
  });
});

describe('ICE servers', () => {
  it('are all used if the browser accepts them', () => {
    const { made, RTCPeerConnection } = browser();
    const turn = { urls: ['turn:a', 'turns:a'], username: 'u', credential: 'c' };
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    expect(connections.configure([{ urls: 'stun:a' }, turn], [])).toEqual([]);
    expect(made.map(({ configuration }) => configuration)).toEqual([
      { ...BASE, iceServers: [{ urls: 'stun:a' }, turn] },
    ]);
  });

  it('are used without the URLs that the browser refuses, on open and future connections', () => {
    const { made, RTCPeerConnection } = browser(refusesBad);
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.take();
    const refused = connections.configure(
      [
        { urls: ['stun:good', 'stun:bad?transport=udp'] },
        { urls: 'turn:bad', username: 'u', credential: 'c' },
        { urls: 'turn:good', username: 'u', credential: 'c' },
      ],
      made,
    );
    expect(refused).toMatchObject([{ url: 'stun:bad?transport=udp' }, { url: 'turn:bad' }]);
    connections.take();
    for (const { configuration } of made) expect(urlsOf(configuration)).toEqual(['stun:good', 'turn:good']);
    expect(made).toHaveLength(2);
  });

  it('reach the other connections if one accepts no configuration any more', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.take();
    const [first] = made;
    if (first === undefined) throw new Error('no connection was created');
    const closed = {
      configure() {
        throw new DOMException('closed', 'InvalidStateError');
      },
    };
    const last = new FakeConnection(BASE, () => false);
    expect(connections.configure([{ urls: 'stun:a' }], [first, closed, last])).toEqual([]);
    expect(urlsOf(last.configuration)).toEqual(['stun:a']);
    expect(urlsOf(first.configuration)).toEqual(['stun:a']);
  });

  it('are given to a new connection if an old browser can not configure one', () => {
    const { made, RTCPeerConnection } = browser(refusesBad);
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    for (const each of made) Object.defineProperty(each, 'setConfiguration', { value: undefined });
    connections.configure([{ urls: 'stun:good' }], []);
    expect(made.map(({ open }) => open)).toEqual([false, true]);
    connections.take();
    expect(urlsOf(made[1]?.configuration ?? {})).toEqual(['stun:good']);
  });
});

describe('a certificate', () => {
  const certificate = { expires: 1, getFingerprints: () => [] };

  it('is shown by every connection, and stays in each configuration', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.certify(certificate);
    expect(made.map(({ open }) => open)).toEqual([false, true]);
    connections.take();
    connections.take();
    connections.configure([{ urls: 'stun:a' }], made.slice(1));
    expect(made.slice(1).map(({ configuration }) => configuration)).toEqual(
      Array.from({ length: 2 }, () => ({
        ...BASE,
        iceServers: [{ urls: 'stun:a' }],
        certificates: [certificate],
      })),
    );
  });

  it('is left out if the browser refuses it', () => {
    const { made, RTCPeerConnection } = browser(({ certificates }) => certificates !== undefined);
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.certify(certificate);
    expect(connections.take()).toBe(made[0]);
    expect(made[0]).toMatchObject({ open: true, configuration: BASE });
  });

  it('makes no connection after the call', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, BASE);
    connections.close();
    connections.certify(certificate);
    expect(made).toHaveLength(1);
  });
});

describe('connections that are made ahead', () => {
  const servers = [{ urls: ['stun:a', 'turn:a'], username: 'place', credential: 'c' }];
  const ahead: RTCConfiguration = { ...BASE, iceTransportPolicy: 'all', iceServers: servers };
  const later = [{ urls: ['stun:a', 'turn:a'], username: 'peer', credential: 'd' }];

  it('keep their servers and candidates on entry; the next ones get the new credentials', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, ahead, 2);
    expect(connections.configure(later, [], 'all')).toEqual([]);
    const taken = [connections.take(), connections.take(), connections.take()];
    expect(taken).toEqual(made);
    const users = made.map(({ configuration }) => configuration.iceServers?.[0]?.username);
    expect(users).toEqual(['place', 'place', 'peer']);
  });

  it('get other servers, or another policy, all the same', () => {
    for (const [wanted, policy] of [
      [[{ urls: 'stun:b' }], 'all'],
      [later, 'relay'],
    ] as const) {
      const { made, RTCPeerConnection } = browser();
      const connections = new ConnectionFactory(RTCPeerConnection, ahead, 3);
      connections.configure(wanted, [], policy);
      const open = made.filter((each) => each.open);
      expect(open).toHaveLength(1);
      // Under another policy, not even the first goes on: it has gathered this side's addresses.
      expect(made[0]?.open).toBe(policy === 'all');
      expect(open[0]?.configuration).toMatchObject({ iceServers: wanted, iceTransportPolicy: policy });
    }
  });

  it('get new credentials when these come a second time', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, ahead, 1);
    connections.configure(later, []);
    connections.configure(later, []);
    expect(made.map(({ configuration }) => configuration.iceServers?.[0]?.username)).toEqual(['peer']);
  });

  it('are at most READY_CONNECTIONS, and none after the network has changed', () => {
    const { made, RTCPeerConnection } = browser();
    const connections = new ConnectionFactory(RTCPeerConnection, ahead, 1_000);
    expect(made).toHaveLength(READY_CONNECTIONS);
    connections.refresh();
    expect(made.some(({ open }) => open)).toBe(false);
    connections.take();
    expect(made).toHaveLength(READY_CONNECTIONS + 1);
  });
});
