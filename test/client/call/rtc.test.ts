import { describe, expect, it } from 'vitest';
import { type RtcConstructor, requireWebRtc, usableServers } from '../../../src/client/call/rtc.ts';

/** A browser that refuses some configurations, and counts the connections that it has open. */
function browser(refuses: (configuration: RTCConfiguration) => boolean) {
  const open = { count: 0 };
  class Connection {
    constructor(configuration: RTCConfiguration) {
      if (refuses(configuration)) throw new SyntaxError('not a valid URL');
      open.count += 1;
    }
    close(): void {
      open.count -= 1;
    }
  }
  return { open, RTCPeerConnection: Connection as unknown as RtcConstructor };
}

const urlsOf = ({ iceServers = [] }: RTCConfiguration) => iceServers.flatMap(({ urls }) => urls);

describe('WebRTC', () => {
  it('is missed by name where it is switched off, gone, or refused by policy', () => {
    const off = browser(() => true);
    for (const found of [undefined, off.RTCPeerConnection]) {
      let code: unknown;
      try {
        requireWebRtc(found, {});
      } catch (error) {
        code = error instanceof Error && 'code' in error ? error.code : error;
      }
      expect(code).toBe('unsupported');
    }
  });

  it('is tried without a connection left open', () => {
    const { open, RTCPeerConnection } = browser(() => false);
    expect(requireWebRtc(RTCPeerConnection, {})).toBe(RTCPeerConnection);
    expect(open.count).toBe(0);
  });
});

describe('ICE servers', () => {
  it('are all taken where the browser takes them, in one try', () => {
    const { RTCPeerConnection } = browser(() => false);
    const turn = { urls: ['turn:a', 'turns:a'], username: 'u', credential: 'c' };
    expect(usableServers(RTCPeerConnection, [{ urls: 'stun:a' }, turn])).toEqual({
      iceServers: [{ urls: 'stun:a' }, turn],
      refused: [],
    });
  });

  it('lose the URLs that the browser refuses, and no other', () => {
    const { open, RTCPeerConnection } = browser((configuration) =>
      urlsOf(configuration).some((url) => url.includes('bad')),
    );
    const { iceServers, refused } = usableServers(RTCPeerConnection, [
      { urls: ['stun:good', 'stun:bad?transport=udp'] },
      { urls: 'turn:bad', username: 'u', credential: 'c' },
      { urls: 'turn:good', username: 'u', credential: 'c' },
    ]);
    expect(iceServers).toEqual([
      { urls: ['stun:good'] },
      { urls: ['turn:good'], username: 'u', credential: 'c' },
    ]);
    expect(refused).toMatchObject([{ url: 'stun:bad?transport=udp' }, { url: 'turn:bad' }]);
    expect(open.count).toBe(0);
  });
});
