import { byLabel, type Series } from './series.ts';

/** Every status that this server answers with. */
export const STATUSES: readonly number[] = [
  200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 429, 500, 503,
];

/** What goes over HTTP, in and out, and what is refused because there was too much of it. */
export const WEB_SERIES: readonly Series[] = [
  {
    name: 'parley_http_responses_total',
    type: 'counter',
    unit: 'responses',
    since: '0.1.0',
    help: 'HTTP responses by status.',
    samples: ({ responses }) => {
      const none = STATUSES.map((status) => [status, 0] as const);
      return byLabel(
        'status',
        [...new Map([...none, ...responses])].sort(([one], [other]) => one - other),
      );
    },
  },
  {
    name: 'parley_throttled_total',
    type: 'counter',
    unit: 'refusals',
    since: '0.1.0',
    help: 'What was refused, delayed or left out because a limit was hit, by limit.',
    samples: ({ limits }) =>
      byLabel(
        'limit',
        limits.map(({ limit, count }) => [limit, count] as const),
      ),
  },
  {
    name: 'parley_webhook_attempts_total',
    type: 'counter',
    unit: 'tries',
    since: '0.1.0',
    help: 'Tries to deliver a webhook, by result.',
    samples: ({ webhooks }) => byLabel('result', Object.entries(webhooks.attempts)),
  },
  {
    name: 'parley_webhook_oldest_seconds',
    type: 'gauge',
    unit: 'seconds',
    since: '0.1.0',
    help: 'Age of the oldest webhook that waits, 0 if none does.',
    samples: ({ webhooks: { oldestAt }, now }) => [[Math.max(0, now - (oldestAt ?? now)) / 1_000]],
  },
];
