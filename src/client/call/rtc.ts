import type { IceServer } from '../../protocol/fields.ts';

/** The browser's WebRTC, or another of the same shape. */
export type RtcConstructor = new (configuration: RTCConfiguration) => RTCPeerConnection;

/** A candidate as it goes over the wire. */
export type Candidate = Pick<RTCIceCandidateInit, keyof RTCIceCandidateInit>;

/** The protocol's form in the browser's: an absent field is absent. */
export function iceServersOf(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}
