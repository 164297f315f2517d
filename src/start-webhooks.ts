import { profileOf } from './accounts/profiles.ts';
import { describeMessage } from './chat/history.ts';
import type { Config } from './config/config.ts';
import type { Ids, RoomId } from './domain/ids.ts';
import type { Clock } from './lib/clock.ts';
import type { LimitHits } from './lib/limit-hits.ts';
import type { Log } from './lib/log.ts';
import { parseWebhookSecret } from './lib/webhook-secrets.ts';
import type { CallLog } from './rooms/call-log.ts';
import { recordOf } from './rooms/recent-rooms.ts';
import type { Hub } from './signaling/hub.ts';
import type { Store } from './store/contract.ts';
import { createAttempt } from './webhooks/attempt.ts';
import { type DeliveryStats, NO_DELIVERIES, startDelivery } from './webhooks/delivery.ts';
import { createWebhookDesk, type WebhookDesk } from './webhooks/desk.ts';
import { createOutbox } from './webhooks/outbox.ts';
import { People } from './webhooks/people.ts';
import { createTellingStore } from './webhooks/telling-store.ts';

export interface Webhooks {
  /** The store that everything else is to write to: it tells of what is stored. */
  readonly store: Store;
  /** Undefined if there are no endpoints: then nothing is gathered. */
  readonly people: People | undefined;
  readonly desk: WebhookDesk;
  /** Goes on from what the process before had told. Call it when sessions and calls have been restored. */
  restore(callLog: Pick<CallLog, 'isOngoing'>): Promise<void>;
  /** All 0 if there are no endpoints. */
  stats(): DeliveryStats;
  close(): Promise<void>;
}

interface WebhookParts {
  readonly config: Pick<Config, 'webhooks'>;
  readonly store: Store;
  readonly hub: () => {
    readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf' | 'countIn'>;
    readonly knocks: Pick<Hub['knocks'], 'lineOf'>;
  };
  readonly limitHits: LimitHits;
  readonly ids: Pick<Ids, 'unique'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes what endpoints are to be told, and tells them. */
export async function startWebhooks(parts: WebhookParts): Promise<Webhooks> {
  const { store, hub, limitHits, ids, clock, log } = parts;
  const { webhooks } = store;
  const settings = parts.config.webhooks;
  await webhooks.setEndpoints(settings?.urls ?? []);
  if (settings === undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    const desk = createWebhookDesk({ store: webhooks, wake: () => {}, clock });
    return { store, people: undefined, desk, restore: nothing, stats: () => NO_DELIVERIES, close: nothing };
  }
  const { urls } = settings;
  const secrets = settings.secrets.flatMap((secret) => parseWebhookSecret(secret) ?? []);
  const attempt = createAttempt({ fetch, secrets, clock });
  const delivery = startDelivery({ store: webhooks, urls, attempt, clock, random: Math.random, log });
  const types = new Set(settings.events);
  const { unique } = ids;
  const outbox = createOutbox({
    store: webhooks,
    types,
    written: delivery.wake,
    limitHits,
    unique,
    clock,
    log,
  });
  const { inside, calls } = store;
  const membersOf: Hub['liveRooms']['membersOf'] = (roomId) => hub().liveRooms.membersOf(roomId);
  const waitingFor = (roomId: RoomId) =>
    hub()
      .knocks.lineOf(roomId)
      .map((knock) => knock.event());
  const people = new People({ outbox, inside, calls, membersOf, waitingFor, clock });
  const describe = {
    room: (row: Parameters<typeof recordOf>[0]) => ({
      ...recordOf(row),
      participants: hub().liveRooms.countIn(row.id),
    }),
    message: describeMessage,
    user: profileOf,
  };
  return {
    store: createTellingStore({ store, outbox, people, describe }),
    people,
    desk: createWebhookDesk({ store: webhooks, wake: delivery.wake, clock }),
    restore: (callLog) => people.restore(({ roomId, callId }) => callLog.isOngoing(roomId, callId)),
    stats: delivery.stats,
    async close() {
      people.close();
      await delivery.close();
    },
  };
}
