import type { Series } from './series.ts';

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;

/** The process, and what keeps it in service. */
export const SERVER_SERIES: readonly Series[] = [
  {
    name: 'parley_certificate_expiry_seconds',
    type: 'gauge',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Time until the certificate of PORT ends, below 0 if it has ended, exactly 0 if PORT speaks plain HTTP.',
    samples: ({ certificateExpiresAt, now }) => [[((certificateExpiresAt ?? now) - now) / 1_000]],
  },
  {
    name: 'parley_backup_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Time since the last backup was made, or since the start of the process if there is none.',
    samples: ({ backupAt, startedAt, now }) => [[Math.max(0, now - (backupAt ?? startedAt)) / 1_000]],
  },
  {
    name: 'nodejs_eventloop_lag_seconds',
    type: 'gauge',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    samples: ({ loopDelay }) => [
      [loopDelay.percentile(50) / NANOSECONDS, { quantile: '0.5' }],
      [loopDelay.percentile(99) / NANOSECONDS, { quantile: '0.99' }],
      [loopDelay.max / NANOSECONDS, { quantile: '1' }],
    ],
  },
  {
    name: 'nodejs_eventloop_lag_p99_seconds',
    type: 'gauge',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Delay of the event loop that 99 of 100 turns stay under, since the last scrape.',
    samples: ({ loopDelay }) => [[loopDelay.percentile(99) / NANOSECONDS]],
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    unit: 'bytes',
    since: '0.1.0',
    help: 'JavaScript heap in use.',
    samples: () => [[process.memoryUsage().heapUsed]],
  },
  {
    name: 'nodejs_external_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    since: '0.1.0',
    help: 'Memory outside the heap.',
    samples: () => [[process.memoryUsage().external]],
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    since: '0.1.0',
    help: 'Memory of the process.',
    samples: () => [[process.memoryUsage.rss()]],
  },
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Processor time.',
    samples: () => {
      const { user, system } = process.cpuUsage();
      return [[(user + system) / MICROSECONDS]];
    },
  },
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    unit: 'seconds since 1970',
    since: '0.1.0',
    help: 'When the server was started.',
    samples: ({ startedAt }) => [[startedAt / 1_000]],
  },
];
