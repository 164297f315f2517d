import { setSenderParameters } from './uplink/sender-parameters.ts';

/**
 * Makes every picture that a connection sends begin anew. After a gap a browser asks for a key frame only every 3 s, and can't
 * decode anything until it comes.
 */
export function sendKeyFrames(peer: RTCPeerConnection): void {
  for (const sender of peer.getSenders?.() ?? []) {
    if (sender.track?.kind === 'video') void setSenderParameters(sender, { keyFrame: true });
  }
}
