import type { PictureKind } from '../../media-types.ts';

/** A picture as its track gives it. */
export interface Source {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

/** A size and frame rate in which a picture can be sent, with what it costs. */
export interface Rung {
  readonly scale: number;
  /** Pixels. */
  readonly height: number;
  readonly frameRate: number;
  /** Bits per second with which it looks as good as it can. */
  readonly full: number;
  /** Bits per second below which a smaller picture looks better. */
  readonly least: number;
}

/** How much less a machine that can't keep up encodes. */
export interface CpuCaps {
  readonly frameRate: number;
  /** Of the size that is asked for. */
  readonly size: number;
  /** Pixels. */
  readonly height: number;
}

/** Bits per second of a camera's 320 × 180 at 30 frames per second in VP8: what the other sizes are reckoned from. */
const BASE_BITS = 150_000;
const BASE_PIXELS = 320 * 180;
/** A picture of twice the pixels takes 2 ** 0.875 times the bits: 0.5 Mbit/s for 360p, 1.7 for 720p. */
const PIXEL_EXPONENT = 0.875;
/** The half frame rate takes 0.6 times the bits. */
const RATE_EXPONENT = 0.75;
/** A share takes this part of a camera's bits, at 15 frames per second: most of it stands still. */
const SCREEN_PART = 0.6;
const SCREEN_RATE_EXPONENT = 0.4;

/** Scales are powers of this, so that a tile that changes by a few pixels costs no key frame. */
const GRID = 1.08;

/** How pictures become smaller, as parts of the size that is asked for, and slower, in frames per second. */
const STEPS = {
  camera: [
    [1, 30],
    [1, 20],
    [0.75, 20],
    [0.75, 15],
    [0.5, 15],
    [0.375, 15],
    [0.25, 10],
  ],
  screen: [
    [1, 15],
    [1, 10],
    [1, 5],
    [0.75, 5],
    [0.5, 5],
  ],
} as const satisfies Record<PictureKind, readonly (readonly [size: number, frameRate: number])[]>;

/** Pixels of height below which a picture isn't made smaller, and bits per second below which no encoder goes. */
const LEAST = {
  camera: { height: 135, part: 0.5, bits: 30_000 },
  screen: { height: 360, part: 0.3, bits: 50_000 },
} as const;

/** Bytes of IP, UDP, SRTP and RTP headers with extensions in each packet. */
export const PACKET_OVERHEAD = 60;
/** Bytes of picture in a packet. */
const PACKET_PAYLOAD = 1_100;

/** What encoded bits take of the uplink: each frame ends a packet. */
export function costOf(bits: number, frameRate: number): number {
  return bits + 8 * PACKET_OVERHEAD * (frameRate + bits / 8 / PACKET_PAYLOAD);
}

/** The encoded bits that fit into this much of the uplink; the other way round than `costOf`. */
export function bitsWithin(cost: number, frameRate: number): number {
  return Math.max(0, (cost - 8 * PACKET_OVERHEAD * frameRate) / (1 + PACKET_OVERHEAD / PACKET_PAYLOAD));
}

/** Bits per second with which a picture of this size and frame rate looks as good as it can. */
export function bitsOf(kind: PictureKind, pixels: number, frameRate: number): number {
  const size = BASE_BITS * (pixels / BASE_PIXELS) ** PIXEL_EXPONENT;
  return kind === 'camera'
    ? size * (frameRate / 30) ** RATE_EXPONENT
    : SCREEN_PART * size * (frameRate / 15) ** SCREEN_RATE_EXPONENT;
}

/**
 * The sizes and frame rates in which a picture may be sent, from the best, which is never larger than asked, to the least
 * that is of use. Neither grows on the way.
 */
export function rungsOf(kind: PictureKind, source: Source, askedHeight: number, cpu: CpuCaps): Rung[] {
  const asked = Math.min(source.height, askedHeight * cpu.size, Math.max(cpu.height, LEAST[kind].height));
  const rungs: Rung[] = [];
  for (const [size, frameRate] of STEPS[kind]) {
    const height = size === 1 ? asked : Math.min(asked, Math.max(asked * size, LEAST[kind].height));
    const rung = rungAt(kind, source, height, Math.min(frameRate, source.frameRate, cpu.frameRate));
    const last = rungs.at(-1);
    if (last === undefined || rung.least < last.least) rungs.push(rung);
  }
  return rungs;
}

/** The best rung that these bits per second of the uplink bear; the least one if they bear none. */
export function bestRung(
  rungs: readonly [Rung, ...Rung[]] | readonly Rung[],
  cost: number,
): Rung | undefined {
  return rungs.find(({ least, frameRate }) => costOf(least, frameRate) <= cost) ?? rungs.at(-1);
}

function rungAt(kind: PictureKind, source: Source, wanted: number, frameRate: number): Rung {
  const exact = source.height / Math.max(1, wanted);
  // The small number keeps what lies on the grid from being rounded off it.
  const scale = exact <= 1 ? 1 : GRID ** Math.ceil(Math.log(exact) / Math.log(GRID) - 1e-9);
  const full = bitsOf(kind, (source.width * source.height) / scale ** 2, frameRate);
  const { part, bits } = LEAST[kind];
  return {
    scale,
    height: source.height / scale,
    frameRate,
    full: Math.max(bits, full),
    least: Math.max(bits, full * part),
  };
}
