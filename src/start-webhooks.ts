import type { Config } from './config/config.ts';
import type { Ids } from './domain/ids.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { parseWebhookSecret } from './lib/webhook-secrets.ts';
import type { Store } from './store/contract.ts';
import { createAttempt } from './webhooks/attempt.ts';
import { type DeliveryStats, startDelivery } from './webhooks/delivery.ts';
import { createOutbox, NO_OUTBOX, type Outbox } from './webhooks/outbox.ts';

export interface Webhooks {
  readonly outbox: Outbox;
  /** Undefined if there are no endpoints. */
  stats(): DeliveryStats | undefined;
  close(): Promise<void>;
}

interface WebhookParts {
  readonly settings: Config['webhooks'];
  readonly store: Store;
  readonly ids: Pick<Ids, 'unique'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes what endpoints are to be told, and tells them. */
export async function startWebhooks(parts: WebhookParts): Promise<Webhooks> {
  const { settings, ids, clock, log } = parts;
  const store = parts.store.webhooks;
  await store.setEndpoints(settings?.urls ?? []);
  if (settings === undefined) {
    return { outbox: NO_OUTBOX, stats: () => undefined, close: () => Promise.resolve() };
  }
  const { urls } = settings;
  const secrets = settings.secrets.flatMap((secret) => parseWebhookSecret(secret) ?? []);
  const attempt = createAttempt({ fetch, secrets, clock });
  const delivery = startDelivery({ store, urls, attempt, clock, random: Math.random, log });
  const types = new Set(settings.events);
  const outbox = createOutbox({
    store,
    types,
    written: delivery.wake,
    unique: ids.unique,
    clock,
    log,
  });
  return { outbox, stats: delivery.stats, close: delivery.close };
}
