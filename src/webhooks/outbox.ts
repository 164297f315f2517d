import { andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Log } from '../lib/log.ts';
import type { WebhookData, WebhookType } from '../protocol/webhook-events.ts';
import type { WebhookStore } from '../store/contract.ts';

/** Events that may wait for one endpoint; beyond, it is stopped [CT5]. */
export const WAITING_EVENTS = 100_000;

/** Takes what endpoints are to be told. */
export interface Outbox {
  /** Whether endpoints hear of this at all: if not, nothing needs to be gathered for it. */
  wants(type: WebhookType): boolean;
  /**
   * Writes an event. Call it in the transaction that stores what it tells of.
   * @param lane events of one lane are delivered in order: a room's id, or a user's
   */
  tell<Type extends WebhookType>(type: Type, lane: string, data: WebhookData<Type>): void;
}

/** Of a server without endpoints. */
export const NO_OUTBOX: Outbox = { wants: () => false, tell: () => undefined };

interface OutboxDeps {
  readonly store: Pick<WebhookStore, 'append'>;
  /** The types that endpoints hear of. */
  readonly types: ReadonlySet<WebhookType>;
  /** Called after each event. */
  readonly written: () => void;
  /** Undefined in a command, which nobody asks for metrics. */
  readonly limitHits?: Pick<LimitHits, 'hit'> | undefined;
  readonly unique: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export function createOutbox({ store, types, written, limitHits, unique, clock, log }: OutboxDeps): Outbox {
  function logStop(url: string): void {
    log.error('a webhook endpoint was stopped; `parley webhooks resend` takes it up again', {
      host: new URL(url).host,
      waiting: WAITING_EVENTS,
    });
  }

  return {
    wants: (type) => types.has(type),
    tell(type, lane, data) {
      if (!types.has(type)) return;
      const createdAt = clock.now();
      const body = JSON.stringify({ type, timestamp: isoTime(createdAt), data });
      const event = { id: `msg_${unique()}`, lane, type, body, createdAt };
      const done = andThen(store.append([event], WAITING_EVENTS), (stopped) => {
        for (const url of stopped) {
          limitHits?.hit('webhooks_waiting');
          logStop(url);
        }
        written();
      });
      if (done instanceof Promise) {
        done.catch((error) => log.error('a webhook was lost', { id: event.id, type, error }));
      }
    },
  };
}
