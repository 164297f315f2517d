import type { TrackKind } from '../../types.ts';
import { type SenderWish, setSenderParameters } from '../uplink/sender-parameters.ts';

const SOUND = { priority: 'high', networkPriority: 'high' } as const;

/**
 * What comes first on a sender: sound before pictures. Beneath what this SDK sets, a browser must sometimes give something
 * up by itself. That is frames: how large a picture is worth sending is decided for all peers together (`uplink/`).
 */
const PREFERENCES: Readonly<Record<TrackKind, SenderWish>> = {
  microphone: { encoding: SOUND },
  screenAudio: { encoding: SOUND },
  camera: { degradationPreference: 'maintain-resolution' },
  screen: { degradationPreference: 'maintain-resolution' },
};

/** How a new m-line of this side's own sends a kind from the start. */
export function firstEncodings(kind: TrackKind): RTCRtpEncodingParameters[] {
  return [{ ...PREFERENCES[kind].encoding }];
}

/** Sets a sender's preferences for its kind. A browser that refuses them sends all the same. */
export function prefer(sender: RTCRtpSender, kind: TrackKind): void {
  void setSenderParameters(sender, PREFERENCES[kind]);
}
