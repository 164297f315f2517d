import { build, type Histogram } from 'hdr-histogram-js';
import { MESSAGE_KINDS, type MessageKind } from './accounting.ts';

/** Kinds of latencies: messages from peer to peer, and steps of a session. */
export const TIMED_KINDS = ['connect', 'join', 'setup', ...MESSAGE_KINDS, 'leave', 'resume'] as const;
export type TimedKind = MessageKind | 'connect' | 'join' | 'setup' | 'leave' | 'resume';

/** Percentiles in milliseconds; `count` values were recorded. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Max recorded latency (µs): ten minutes. Anything longer counts as this. */
const MAX_US = 600_000_000;
/** Percentiles of a curve. */
const PLOTTED = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100] as const;

/**
 * Latencies by kind, to three digits. They count from the time at which a message should have been sent, so a delay of
 * the sender itself counts too (no coordinated omission).
 */
export class Latencies {
  readonly #histograms = new Map<TimedKind, Histogram>();

  /** @param ms milliseconds; negative ones (a message was sent slightly early) count as 0 */
  record(kind: TimedKind, ms: number): void {
    const histogram = this.#histograms.get(kind) ?? create();
    this.#histograms.set(kind, histogram);
    histogram.recordValue(Math.min(MAX_US, Math.max(0, Math.round(ms * 1_000))));
  }

  /** Returns undefined if nothing of the kind was recorded. */
  percentiles(kind: TimedKind): Percentiles | undefined {
    const histogram = this.#histograms.get(kind);
    if (histogram === undefined) return undefined;
    const at = (percentile: number): number => valueAt(histogram, percentile);
    return {
      count: histogram.totalCount,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: at(100),
    };
  }

  /** Pairs of percentile (0–100) and milliseconds, for a plot. */
  curve(kind: TimedKind): readonly (readonly [percentile: number, ms: number])[] {
    const histogram = this.#histograms.get(kind);
    if (histogram === undefined) return [];
    return PLOTTED.map((percentile) => [percentile, valueAt(histogram, percentile)]);
  }
}

/** Milliseconds to three digits, capped at the highest recorded value: the upper end of its bucket may be above it. */
function valueAt(histogram: Histogram, percentile: number): number {
  const us = Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue);
  return Number((us / 1_000).toPrecision(3));
}

function create(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });
}
