import { median } from '../stats.ts';
import type { SeatReading } from './call.ts';
import { CAMERA } from './camera.ts';
import type { Counters } from './probe.ts';

/** What one call came to; means over its browsers unless it says otherwise. */
export interface CallFigures {
  readonly uplinkKbps: number;
  /** CPU seconds per browser and minute. */
  readonly cpu: number;
  /** Heights in pixels, medians of all tiles. */
  readonly shown: number;
  readonly decoded: number;
  /** The smallest share that a tile's decoded picture had of what it shows (of the camera's size, if that is smaller). */
  readonly leastSize: number;
  /** Decoded frames per second and picture. */
  readonly fps: number;
  /** Seconds that any tile stood still, at most. */
  readonly freeze: number;
  /** Share of the time in which tiles said that their picture is held. */
  readonly held: number;
  /** Share of all sound; NaN if there is none. */
  readonly concealed: number;
  /** Share of the camera's frames that were encoded, over all connections. */
  readonly encoded: number;
  readonly keyFramesPerMinute: number;
  /** Bytes sent, and CPU milliseconds, per encoded frame. */
  readonly bytesPerFrame: number;
  readonly cpuPerFrame: number;
  /** Of all browsers together, while measured. */
  readonly offers: number;
  readonly tracks: number;
}

export function figuresOf(readings: readonly SeatReading[]): CallFigures {
  const seats = readings.length;
  const sum = (name: keyof Counters) => readings.reduce((total, { counted }) => total + counted[name], 0);
  const seconds = sum('at') / seats / 1_000;
  const cpu = readings.reduce((total, one) => total + one.cpu, 0) / seats;
  const tiles = readings.flatMap((one) => one.tiles);
  const sizes = tiles.flatMap((tile) => tile.sizes);
  const pictures = seats * (seats - 1);
  const frames = sum('framesEncoded');
  return {
    uplinkKbps: (sum('bytesSent') * 8) / 1_000 / seconds / seats,
    cpu: cpu * 60,
    shown: medianOr(sizes.map(({ shown }) => shown)),
    decoded: medianOr(sizes.map(({ decoded }) => decoded)),
    leastSize: Math.min(...sizes.map(({ decoded, shown }) => decoded / Math.min(shown, CAMERA.height))),
    fps: sum('framesDecoded') / seconds / pictures,
    freeze: Math.max(...tiles.map(({ longestGapMs }) => longestGapMs)) / 1_000,
    held: tiles.reduce((total, { held }) => total + held, 0) / Math.max(tiles.length, 1),
    concealed: sum('samplesConcealed') / sum('samplesReceived'),
    encoded: frames / sum('cameraFrames'),
    keyFramesPerMinute: (sum('keyFramesEncoded') / seconds / pictures) * 60,
    bytesPerFrame: sum('bytesSent') / frames,
    cpuPerFrame: (cpu * seconds * seats * 1_000) / frames,
    offers: sum('offers'),
    tracks: sum('tracks'),
  };
}

function medianOr(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : median(values);
}
