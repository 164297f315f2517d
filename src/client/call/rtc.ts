import type { IceServer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';

/** The browser's WebRTC, or another of the same shape. */
export type RtcConstructor = new (configuration: RTCConfiguration) => RTCPeerConnection;

/** A candidate as it goes over the wire. */
export type Candidate = Pick<RTCIceCandidateInit, keyof RTCIceCandidateInit>;

/**
 * Makes a connection and closes it: some browsers have the constructor and refuse to construct (policy, lockdown mode,
 * extensions).
 * @throws ParleyClientError `unsupported`
 */
export function requireWebRtc(
  RTCPeerConnection: RtcConstructor | undefined,
  configuration: RTCConfiguration,
): RtcConstructor {
  if (typeof RTCPeerConnection !== 'function') {
    throw new ParleyClientError('unsupported', 'This browser has no WebRTC, or it is switched off.');
  }
  const cause = refusal(RTCPeerConnection, configuration);
  if (cause === undefined) return RTCPeerConnection;
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new ParleyClientError('unsupported', `This browser makes no RTCPeerConnection: ${why}`, { cause });
}

/** An ICE server's URL that this browser doesn't take, and its reason. */
export interface RefusedUrl {
  readonly url: string;
  readonly cause: unknown;
}

/**
 * The servers that this browser takes. One URL that it doesn't (`stun:…?transport=udp` in Chromium, TURN without a
 * credential anywhere) would otherwise make every connection fail.
 */
export function usableServers(
  RTCPeerConnection: RtcConstructor,
  servers: readonly IceServer[],
): { readonly iceServers: RTCIceServer[]; readonly refused: readonly RefusedUrl[] } {
  const iceServers = servers.map(inBrowsersForm);
  if (refusal(RTCPeerConnection, { iceServers }) === undefined) return { iceServers, refused: [] };
  const refused: RefusedUrl[] = [];
  const usable = iceServers.flatMap((server): RTCIceServer[] => {
    const urls = [server.urls].flat().filter((url) => {
      const cause = refusal(RTCPeerConnection, { iceServers: [{ ...server, urls: url }] });
      if (cause !== undefined) refused.push({ url, cause });
      return cause === undefined;
    });
    return urls.length === 0 ? [] : [{ ...server, urls }];
  });
  return { iceServers: usable, refused };
}

/** Why the browser makes no connection with this configuration; undefined if it does. */
function refusal(RTCPeerConnection: RtcConstructor, configuration: RTCConfiguration): unknown {
  try {
    new RTCPeerConnection(configuration).close();
    return undefined;
  } catch (error) {
    return error ?? new Error('refused without a reason');
  }
}

/** An absent field stays absent: browsers refuse `username: undefined` in part. */
function inBrowsersForm({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
