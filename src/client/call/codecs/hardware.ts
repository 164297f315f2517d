import { type Encoding, HARDWARE_CODECS, type HardwareCodec, hardwareOf } from './video-codec.ts';

/** A picture as most tiles get it. */
const PICTURE = { width: 640, height: 360, bitrate: 500_000, framerate: 30 } as const;

/** What is used of `navigator.mediaCapabilities`. */
export type EncoderCapabilities = Pick<MediaCapabilities, 'encodingInfo'>;

/** Asks the browser which codecs it encodes in hardware. Resolves with none if it doesn't say. */
export async function readHardware(
  capabilities: EncoderCapabilities | undefined,
): Promise<readonly HardwareCodec[]> {
  if (typeof capabilities?.encodingInfo !== 'function') return [];
  const encodings = await Promise.all(
    (['VP8', ...HARDWARE_CODECS] as const).map(async (codec): Promise<Encoding> => {
      try {
        const { supported, powerEfficient } = await capabilities.encodingInfo({
          type: 'webrtc',
          video: { contentType: `video/${codec}`, ...PICTURE },
        });
        return { codec, supported, powerEfficient };
      } catch {
        // An older browser doesn't know the type `webrtc`.
        return { codec, supported: false, powerEfficient: false };
      }
    }),
  );
  return hardwareOf(encodings);
}
