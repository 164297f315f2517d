import type { IceServer } from '../../src/protocol/fields.ts';

/** What two peer connections in one page made of a call with each other. */
export interface LoopbackCall {
  /** `connected`, or where it got stuck. */
  state: string;
  /** Of the selected pair's local candidate: `relay`, `host` … */
  candidateType: string;
  /** How the client reaches the relay: `udp`, `tcp`, `tls`. */
  relayProtocol: string;
  /** Bytes of RTP that the second connection received. */
  bytesReceived: number;
}

/**
 * A JavaScript expression for a page: two RTCPeerConnections in it that may only use the relay, with fake camera and
 * microphone, until `bytes` of media have arrived or `ms` have passed.
 */
export function loopbackCall(iceServers: readonly IceServer[], bytes: number, ms = 20_000): string {
  return `(${inPage.toString()})(${JSON.stringify(iceServers)}, ${bytes}, ${ms})`;
}

async function inPage(iceServers: IceServer[], bytes: number, ms: number): Promise<LoopbackCall> {
  const servers = iceServers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined || credential === undefined ? {} : { username, credential }),
  }));
  const config: RTCConfiguration = { iceServers: servers, iceTransportPolicy: 'relay' };
  const one = new RTCPeerConnection(config);
  const other = new RTCPeerConnection(config);
  one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined);
  other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined);
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) one.addTrack(track, stream);
  await one.setLocalDescription();
  if (one.localDescription !== null) await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  if (other.localDescription !== null) await one.setRemoteDescription(other.localDescription);
  const deadline = performance.now() + ms;
  for (;;) {
    const result = { state: other.connectionState, candidateType: '', relayProtocol: '', bytesReceived: 0 };
    const stats = await other.getStats();
    stats.forEach((entry) => {
      if (entry.type === 'inbound-rtp') result.bytesReceived += entry.bytesReceived;
      if (entry.type !== 'candidate-pair' || !entry.nominated || entry.state !== 'succeeded') return;
      const local = stats.get(entry.localCandidateId);
      result.candidateType = local?.candidateType ?? '';
      result.relayProtocol = local?.relayProtocol ?? '';
    });
    if (result.bytesReceived >= bytes || performance.now() > deadline) {
      for (const track of stream.getTracks()) track.stop();
      one.close();
      other.close();
      return result;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
