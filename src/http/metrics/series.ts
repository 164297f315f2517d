import type { LimitHit } from '../../lib/limit-hits.ts';
import type { HubStats } from '../../signaling/hub.ts';

/** Stats of the server's parts. Totals count from the start of the process. */
export interface ServerStats {
  readonly hub: HubStats;
  /** Stats of the WebSockets. */
  readonly gateway: { readonly connections: number };
  /** Stats of the embedded relay; all 0 if it is off. */
  readonly turn: TurnStats;
  /** Stats of webhooks; all 0 if there are no endpoints. */
  readonly webhooks: WebhookStats;
  /** `said`: messages. */
  readonly chat: { readonly said: number };
}

/** As `DeliveryStats` in `webhooks/`. */
interface WebhookStats {
  /** Tries by result. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Milliseconds since 1970; undefined: nothing waits. */
  readonly oldestAt: number | undefined;
}

/** As `RelayStats` in `turn/`. */
interface TurnStats {
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

/** What the event loop's delays were since the last look, in nanoseconds. */
export interface LoopDelay {
  /** @param percentage above 0, at most 100 */
  percentile(percentage: number): number;
  readonly max: number;
}

/** Everything that a scrape shows. */
export interface Readings extends ServerStats {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the server was started, in milliseconds since 1970. */
  readonly startedAt: number;
  /** HTTP responses by status. */
  readonly responses: ReadonlyMap<number, number>;
  readonly limits: readonly LimitHit[];
  /** When the certificate ends and when the last backup was made, in milliseconds since 1970; undefined if there is none. */
  readonly certificateExpiresAt: number | undefined;
  readonly backupAt: number | undefined;
  readonly loopDelay: LoopDelay;
}

export type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

/** One series of `/metrics`, or several that differ in a label. README.md has the same table, which a test compares. */
export interface Series {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** What the value counts or measures, in the plural. */
  readonly unit: string;
  /** Version of Parley that brought it. */
  readonly since: string;
  /** One sentence. */
  readonly help: string;
  readonly samples: (readings: Readings) => readonly Sample[];
}

/** Returns one sample for each value of a label. */
export function byLabel(label: string, counts: Iterable<readonly [string | number, number]>): Sample[] {
  return [...counts].map(([key, value]) => [value, { [label]: String(key) }]);
}
