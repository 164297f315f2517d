import { onTestFinished } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { parseWebhookSecret } from '../../src/lib/webhook-secrets.ts';
import type { WebhookEvent, WebhookStore } from '../../src/store/contract.ts';
import { createAttempt } from '../../src/webhooks/attempt.ts';
import { startDelivery } from '../../src/webhooks/delivery.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { until } from '../support/until.ts';
import { SECRET } from './receiver.ts';

export const OLD_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

interface Setting {
  readonly urls: readonly string[];
  readonly secrets?: readonly string[];
  /** Changes the store that deliveries are read from. */
  readonly changed?: (store: WebhookStore) => WebhookStore;
}

/** Delivery from a real database by real HTTP, on a clock that stands still. */
export async function setUp({ urls, secrets = [SECRET], changed = (same) => same }: Setting) {
  // The receiver's library checks that a timestamp isn't old.
  const clock = new FakeClock(Date.now());
  const path = temporaryDatabase();
  const store = temporaryStore(path).webhooks;
  store.setEndpoints(urls);
  const start = (signing = secrets) => {
    const keys = signing.flatMap((secret) => parseWebhookSecret(secret) ?? []);
    const attempt = createAttempt({ fetch, secrets: keys, clock });
    const deps = { store: changed(store), urls, attempt, clock, random: () => 0.5, log: silentLog };
    const started = startDelivery(deps);
    onTestFinished(() => started.close());
    return started;
  };
  const delivery = start();
  const happen = (id: string, lane = 'room') => {
    const event: WebhookEvent = {
      ...{ id, lane, type: 'room.created', createdAt: clock.now() },
      body: JSON.stringify({ type: 'room.created', data: { id } }),
    };
    store.append([event], 100_000);
    delivery.wake();
  };
  /** Waits until the first event has been tried so often. */
  const tried = (tries: number) =>
    until(() => store.list({ limit: 100 }).some((one) => one.tries === tries && one.outcome !== null));
  const states = () =>
    store
      .list({ limit: 100 })
      .map(({ id, state }) => `${id} ${state}`)
      .reverse();
  return { clock, store, delivery, start, happen, tried, states };
}
