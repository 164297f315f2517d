/** Codecs that a browser may encode in hardware, the best first. VP8 is what everybody can, and the default. */
export const HARDWARE_CODECS = ['AV1', 'VP9', 'H264'] as const;
export type HardwareCodec = (typeof HARDWARE_CODECS)[number];
export type VideoCodec = HardwareCodec | 'VP8';

/** What MediaCapabilities says of a codec. */
export interface Encoding {
  readonly codec: VideoCodec;
  readonly supported: boolean;
  readonly powerEfficient: boolean;
}

/**
 * Which codecs this side encodes in hardware. Empty if the browser doesn't tell codecs apart: Firefox calls VP8
 * power-efficient on machines without a graphics card, and then the same is to be expected of the others.
 */
export function hardwareOf(encodings: readonly Encoding[]): readonly HardwareCodec[] {
  const efficient = encodings.filter(({ supported, powerEfficient }) => supported && powerEfficient);
  if (efficient.some(({ codec }) => codec === 'VP8')) return [];
  return HARDWARE_CODECS.filter((wanted) => efficient.some(({ codec }) => codec === wanted));
}

/** The codec for the cameras of two sides, by what each encodes in hardware: the best that both do, else VP8. */
export function chooseVideoCodec(own: readonly string[], peers: readonly string[]): VideoCodec {
  return HARDWARE_CODECS.find((codec) => own.includes(codec) && peers.includes(codec)) ?? 'VP8';
}
