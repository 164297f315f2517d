import type { CodecSupport } from './call/codecs/codecs.ts';
import { readHardware } from './call/codecs/hardware.ts';
import type { RtcConstructor } from './call/connection-factory.ts';
import { browserKeyring, type Keyring } from './call/privacy/keyring.ts';
import { browserClock, type Clock } from './signaling/clock.ts';
import type { WebSocketConstructor } from './signaling/session-socket.ts';
import { onGone, onWake } from './wake.ts';

/** What the client takes from its runtime; tests pass their own. */
export interface Platform {
  readonly clock: Clock;
  readonly random: () => number;
  /** Undefined if the runtime has none, as Node before 22. */
  readonly WebSocket: WebSocketConstructor | undefined;
  /** Asked for at each call: a session works without WebRTC. */
  readonly RTCPeerConnection: () => RtcConstructor | undefined;
  /** Asked for at each call. */
  readonly codecSupport: () => CodecSupport;
  /** Calls once when the page goes; the returned function takes it back. Undefined: no page. */
  readonly onGone?: ((gone: () => void) => () => void) | undefined;
  /** As `onWake` in wake.ts. */
  readonly onWake: (wake: (moved: boolean) => void) => () => void;
  /** Undefined: each connection makes a key of its own. */
  readonly keyring?: Keyring | undefined;
}

/** The browser's own. */
export function browserPlatform(): Platform {
  return {
    clock: browserClock,
    random: Math.random,
    WebSocket: globalThis.WebSocket,
    RTCPeerConnection: () => globalThis.RTCPeerConnection,
    codecSupport: () => ({
      capabilities: globalThis.RTCRtpReceiver?.getCapabilities?.bind(RTCRtpReceiver),
      hardware: readHardware(globalThis.navigator?.mediaCapabilities),
    }),
    onGone,
    onWake,
    keyring: browserKeyring(),
  };
}
