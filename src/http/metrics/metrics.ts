import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HttpDeps } from '../server/deps.ts';
import { inText } from './exposition.ts';
import type { Series } from './series.ts';
import { SERVER_SERIES } from './server-series.ts';
import { SIGNALING_SERIES } from './signaling-series.ts';
import { TURN_SERIES } from './turn-series.ts';
import { WEB_SERIES } from './web-series.ts';

/** Every series, in the order of `/metrics`. All are there from the start, with each value of their labels. */
export const SERIES: readonly Series[] = [
  ...SIGNALING_SERIES,
  ...WEB_SERIES,
  ...TURN_SERIES,
  ...SERVER_SERIES,
];

/** The content of `/metrics`, in the text format of Prometheus. */
export interface Metrics {
  /** Counts one HTTP response. */
  countResponse(status: number): void;
  text(): string;
  close(): void;
}

type MetricsDeps = Pick<HttpDeps, 'stats' | 'limitHits' | 'certificate' | 'backup' | 'clock'>;

export function createMetrics({ stats, limitHits, certificate, backup, clock }: MetricsDeps): Metrics {
  const responses = new Map<number, number>();
  const startedAt = clock.now();
  const loopDelay = monitorEventLoopDelay();
  loopDelay.enable();
  return {
    countResponse(status) {
      responses.set(status, (responses.get(status) ?? 0) + 1);
    },
    text() {
      const text = inText(SERIES, {
        ...stats(),
        now: clock.now(),
        startedAt,
        responses,
        limits: limitHits.list(),
        certificateExpiresAt: certificate().expiresAt,
        backupAt: backup().lastAt ?? undefined,
        loopDelay,
      });
      loopDelay.reset();
      return text;
    },
    close() {
      loopDelay.disable();
    },
  };
}
