import type { TrackKind } from '../../types.ts';
import { preferredCodecs } from './preferences.ts';
import type { HardwareCodec } from './video-codec.ts';

/** What the browser can do. */
export interface CodecSupport {
  /** As `RTCRtpReceiver.getCapabilities`; undefined if the browser has none. */
  readonly capabilities: ((kind: 'audio' | 'video') => RTCRtpCapabilities | null) | undefined;
  /** Resolves with the codecs that this side encodes in hardware. */
  readonly hardware: Promise<readonly HardwareCodec[]>;
}

interface CodecsDeps extends CodecSupport {
  /** How many are in the call, this side included. */
  readonly people: () => number;
}

/** Which codecs a call's connections use. */
export class Codecs {
  readonly #deps: CodecsDeps;
  #hardware: readonly HardwareCodec[] = [];

  constructor(deps: CodecsDeps) {
    this.#deps = deps;
    void deps.hardware.then((hardware) => {
      this.#hardware = hardware;
    });
  }

  /** What this side encodes in hardware; empty until the browser has said. */
  get hardware(): readonly HardwareCodec[] {
    return this.#hardware;
  }

  /** Sets the order of the codecs for a kind, before the first negotiation of its m-line. */
  order(transceiver: RTCRtpTransceiver, kind: TrackKind): void {
    const { capabilities, people } = this.#deps;
    const media = kind === 'camera' || kind === 'screen' ? 'video' : 'audio';
    const codecs = preferredCodecs(kind, capabilities?.(media)?.codecs ?? [], people());
    if (codecs === undefined) return;
    try {
      transceiver.setCodecPreferences?.(codecs);
    } catch {
      // A browser that refuses the order keeps its own.
    }
  }
}
