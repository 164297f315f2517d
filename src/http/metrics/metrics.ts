import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../lib/clock.ts';
import type { HubStats } from '../../signaling/hub.ts';

/** Stats of the server's parts. Totals count from the start of the process. */
export interface ServerStats {
  readonly hub: HubStats;
  /** Stats of the WebSockets. */
  readonly gateway: { readonly connections: number };
  /** Stats of the embedded relay, if it runs. */
  readonly turn?: TurnStats | undefined;
  /** Stats of webhooks, if there are endpoints. */
  readonly webhooks?: WebhookStats | undefined;
}

/** As `DeliveryStats` in `webhooks/`. */
interface WebhookStats {
  /** Tries by result. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Milliseconds since 1970; undefined: nothing waits. */
  readonly oldestAt: number | undefined;
}

/** As `RelayStats` in `turn/`. */
export interface TurnStats {
  readonly allocations: number;
  readonly connections: number;
  readonly allocationsMade: number;
  readonly packetsUp: number;
  readonly bytesUp: number;
  readonly packetsDown: number;
  readonly bytesDown: number;
  readonly packetsInside: number;
  readonly bindings: number;
  readonly unauthorized: number;
  readonly unanswered: number;
  readonly denials: Readonly<Record<string, number>>;
}

/** The content of `/metrics`, in the text format of Prometheus. */
export interface Metrics {
  /** Counts one HTTP response. */
  countResponse(status: number): void;
  text(): string;
  close(): void;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export function createMetrics(stats: () => ServerStats, clock: Pick<Clock, 'now'>): Metrics {
  const responses = new Map<number, number>();
  const delay = monitorEventLoopDelay();
  delay.enable();
  return {
    countResponse(status) {
      responses.set(status, (responses.get(status) ?? 0) + 1);
    },
    text() {
      const now = stats();
      const all = [
        ...signalingMetrics(now),
        httpMetric(responses),
        ...turnMetrics(now.turn),
        ...webhookMetrics(now.webhooks, clock.now()),
        ...processMetrics(delay),
      ];
      delay.reset();
      return all.map(inText).join('');
    },
    close() {
      delay.disable();
    },
  };
}

function signalingMetrics({ hub, gateway }: ServerStats): Metric[] {
  return [
    gauge('parley_sessions', 'Sessions by state.', [
      [hub.live, { state: 'live' }],
      [hub.suspended, { state: 'suspended' }],
    ]),
    gauge('parley_rooms', 'Rooms with somebody inside.', [[hub.rooms]]),
    gauge('parley_connections', 'WebSocket connections.', [[gateway.connections]]),
    counter('parley_sessions_begun_total', 'New sessions.', [[hub.sessionsBegun]]),
    counter('parley_resumes_total', 'Attempts to resume a session by outcome.', [
      [hub.resumed, { outcome: 'resumed' }],
      [hub.resumesRefused, { outcome: 'refused' }],
    ]),
    counter('parley_messages_received_total', 'WebSocket messages from clients.', [[hub.received]]),
    counter('parley_messages_sent_total', 'WebSocket messages to clients.', [[hub.sent]]),
    counter('parley_messages_relayed_total', 'Call messages relayed from peer to peer.', [[hub.relayed]]),
    counter(
      'parley_messages_refused_total',
      'WebSocket messages answered with an error, by its code.',
      byLabel('code', hub.refused),
    ),
  ];
}

function httpMetric(responses: ReadonlyMap<number, number>): Metric {
  return counter('parley_http_responses_total', 'HTTP responses by status.', byLabel('status', responses));
}

function turnMetrics(turn: TurnStats | undefined): Metric[] {
  if (turn === undefined) return [];
  return [
    gauge('parley_turn_allocations', 'TURN allocations.', [[turn.allocations]]),
    gauge('parley_turn_connections', 'TURN client connections by TCP and TLS.', [[turn.connections]]),
    counter('parley_turn_allocations_total', 'TURN allocations made.', [[turn.allocationsMade]]),
    counter('parley_turn_packets_total', 'Relayed packets: up from clients, down to them.', [
      [turn.packetsUp, { direction: 'up' }],
      [turn.packetsDown, { direction: 'down' }],
    ]),
    counter('parley_turn_bytes_total', 'Relayed bytes: up from clients, down to them.', [
      [turn.bytesUp, { direction: 'up' }],
      [turn.bytesDown, { direction: 'down' }],
    ]),
    counter('parley_turn_packets_inside_total', 'Relayed packets that were handed over in memory.', [
      [turn.packetsInside],
    ]),
    counter('parley_turn_bindings_total', 'STUN binding requests answered.', [[turn.bindings]]),
    counter('parley_turn_unauthorized_total', 'TURN requests answered with 401 or 438.', [
      [turn.unauthorized],
    ]),
    counter('parley_turn_unanswered_total', 'Answers to strangers that were over the rate and not sent.', [
      [turn.unanswered],
    ]),
    counter(
      'parley_turn_denials_total',
      'TURN refusals by reason.',
      byLabel('reason', Object.entries(turn.denials)),
    ),
  ];
}

function webhookMetrics(webhooks: WebhookStats | undefined, now: number): Metric[] {
  if (webhooks === undefined) return [];
  const { attempts, oldestAt = now } = webhooks;
  return [
    counter('parley_webhook_attempts_total', 'Tries to deliver a webhook, by result.', [
      ...byLabel('result', Object.entries(attempts)),
    ]),
    gauge('parley_webhook_oldest_seconds', 'Age of the oldest webhook that waits; 0 if none does.', [
      [Math.max(0, now - oldestAt) / 1_000],
    ]),
  ];
}

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;

function processMetrics(delay: IntervalHistogram): Metric[] {
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  return [
    gauge('process_resident_memory_bytes', 'Memory of the process.', [[memory.rss]]),
    gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.', [[memory.heapUsed]]),
    gauge('nodejs_external_memory_bytes', 'Memory outside the heap.', [[memory.external]]),
    counter('process_cpu_seconds_total', 'Processor time.', [[(cpu.user + cpu.system) / MICROSECONDS]]),
    gauge('nodejs_eventloop_lag_seconds', 'Delay of the event loop since the last scrape, by quantile.', [
      [delay.percentile(50) / NANOSECONDS, { quantile: '0.5' }],
      [delay.percentile(99) / NANOSECONDS, { quantile: '0.99' }],
      [delay.max / NANOSECONDS, { quantile: '1' }],
    ]),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, kind: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, kind: 'counter', help, samples };
}

function byLabel(label: string, counts: Iterable<readonly [string | number, number]>): Sample[] {
  return [...counts].map(([key, value]) => [value, { [label]: String(key) }]);
}

function inText({ name, kind, help, samples }: Metric): string {
  const lines = samples.map(([value, labels]) => `${name}${inBraces(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ''].join('\n');
}

function inBraces(labels: Labels | undefined): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, '_')}"`);
  return `{${pairs.join(',')}}`;
}
