import { describe, expect, it } from 'vitest';
import { type RtcConstructor, Supply } from '../../../src/client/call/connection-factory.ts';

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

/** A browser that refuses some configurations, and the connections that it has made. */
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
  it('is missed by name where it is switched off, gone, or refused by policy', () => {
    const off = browser(() => true);
    for (const found of [undefined, off.RTCPeerConnection]) {
      expect(() => new Supply(found, BASE)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    }
  });

  it('is tried by the connection that is used first: none is made in vain, and none left open', () => {
    const { made, RTCPeerConnection } = browser();
    const supply = new Supply(RTCPeerConnection, BASE);
    supply.configure([{ urls: 'stun:a' }], []);
    expect([supply.take(), supply.take()]).toEqual(made);
    expect(made.map(({ configuration }) => urlsOf(configuration))).toEqual([['stun:a'], ['stun:a']]);
    new Supply(RTCPeerConnection, BASE).close();
    expect(made.map(({ open }) => open)).toEqual([true, true, false]);
  });
});

describe('ICE servers', () => {
  it('are all taken where the browser takes them', () => {
    const { made, RTCPeerConnection } = browser();
    const turn = { urls: ['turn:a', 'turns:a'], username: 'u', credential: 'c' };
    const supply = new Supply(RTCPeerConnection, BASE);
    expect(supply.configure([{ urls: 'stun:a' }, turn], [])).toEqual([]);
    expect(made.map(({ configuration }) => configuration)).toEqual([
      { ...BASE, iceServers: [{ urls: 'stun:a' }, turn] },
    ]);
  });

  it('lose the URLs that the browser refuses, and no other, for connections that are and that come', () => {
    const { made, RTCPeerConnection } = browser(refusesBad);
    const supply = new Supply(RTCPeerConnection, BASE);
    supply.take();
    const refused = supply.configure(
      [
        { urls: ['stun:good', 'stun:bad?transport=udp'] },
        { urls: 'turn:bad', username: 'u', credential: 'c' },
        { urls: 'turn:good', username: 'u', credential: 'c' },
      ],
      made,
    );
    expect(refused).toMatchObject([{ url: 'stun:bad?transport=udp' }, { url: 'turn:bad' }]);
    supply.take();
    for (const { configuration } of made) expect(urlsOf(configuration)).toEqual(['stun:good', 'turn:good']);
    expect(made).toHaveLength(2);
  });

  it('reach the other connections if one takes no configuration any more', () => {
    const { made, RTCPeerConnection } = browser();
    const supply = new Supply(RTCPeerConnection, BASE);
    supply.take();
    const [first] = made;
    if (first === undefined) throw new Error('nothing was made');
    const closed = {
      configure() {
        throw new DOMException('closed', 'InvalidStateError');
      },
    };
    const last = new FakeConnection(BASE, () => false);
    expect(supply.configure([{ urls: 'stun:a' }], [first, closed, last])).toEqual([]);
    expect(urlsOf(last.configuration)).toEqual(['stun:a']);
    expect(urlsOf(first.configuration)).toEqual(['stun:a']);
  });

  it('are given to a new connection where an old browser can not configure one', () => {
    const { made, RTCPeerConnection } = browser(refusesBad);
    const supply = new Supply(RTCPeerConnection, BASE);
    for (const each of made) Object.defineProperty(each, 'setConfiguration', { value: undefined });
    supply.configure([{ urls: 'stun:good' }], []);
    expect(made.map(({ open }) => open)).toEqual([false, true]);
    supply.take();
    expect(urlsOf(made[1]?.configuration ?? {})).toEqual(['stun:good']);
  });
});
