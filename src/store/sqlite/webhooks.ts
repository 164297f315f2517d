import type {
  DeliveriesQuery,
  DueDelivery,
  PruneSlice,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEvent,
  WebhookStop,
  WebhookStore,
  WebhookTry,
} from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { createDeliveryPages } from './webhook-lists.ts';

const EVENT = 'e.number, e.id, e.lane, e.type, e.body, e.created_at AS createdAt';

/** Statements that read, or that look for rows. A test looks at their plans. */
export const WEBHOOK_SQL = {
  due: `SELECT l.url, d.tries, ${EVENT}
    FROM webhook_lanes l
    JOIN webhook_deliveries d ON d.url = l.url AND d.lane = l.lane AND d.number =
      (SELECT number FROM webhook_deliveries
       WHERE url = l.url AND lane = l.lane AND state = 'waiting' ORDER BY number LIMIT 1)
    JOIN webhook_events e ON e.number = d.number
    WHERE l.url = :url AND l.due_at <= :now ORDER BY l.due_at LIMIT :max`,
  nextDueOf: 'SELECT min(due_at) FROM webhook_lanes WHERE url = ?',
  nextInLane: `SELECT 1 FROM webhook_deliveries
    WHERE url = ? AND lane = ? AND state = 'waiting' ORDER BY number LIMIT 1`,
  oldest: `SELECT created_at FROM webhook_events WHERE number =
    (SELECT min(number) FROM webhook_deliveries WHERE state = 'waiting')`,
  late: 'SELECT 1 FROM webhook_lanes WHERE url = ? AND due_at > ? LIMIT 1',
  hasten: 'UPDATE webhook_lanes SET due_at = :now WHERE url = :url AND due_at > :after',
  slice: `SELECT number,
      created_at <= :until OR number <= (SELECT max(number) FROM webhook_events) - :keep AS isOld
    FROM webhook_events WHERE number > :after ORDER BY number LIMIT :max`,
} as const;

export function createWebhookStore(database: Connection, { soon, now, durably, flush }: Batch) {
  const endpoints = database.prepare<[], WebhookEndpoint>(
    `SELECT url, waiting, stopped_at AS stoppedAt, stopped_because AS stoppedBecause
     FROM webhook_endpoints ORDER BY url`,
  );
  const isStopped = database
    .prepare<[string], 1>('SELECT 1 FROM webhook_endpoints WHERE url = ? AND stopped_at IS NOT NULL')
    .pluck();
  const addEndpoint = database.prepare<[string]>(
    'INSERT INTO webhook_endpoints (url) VALUES (?) ON CONFLICT DO NOTHING',
  );
  const removeEndpoint = database.prepare<[string]>('DELETE FROM webhook_endpoints WHERE url = ?');
  const stop = database.prepare<[{ url: string; because: WebhookStop; at: number }]>(
    'UPDATE webhook_endpoints SET stopped_at = :at, stopped_because = :because WHERE url = :url',
  );
  const restartAll = database.prepare(
    'UPDATE webhook_endpoints SET stopped_at = NULL, stopped_because = NULL WHERE stopped_at IS NOT NULL',
  );
  const count = database.prepare<[number, string]>(
    'UPDATE webhook_endpoints SET waiting = waiting + ? WHERE url = ?',
  );
  const insertEvent = database
    .prepare<[WebhookEvent], number>(
      `INSERT INTO webhook_events (id, lane, type, body, created_at)
       VALUES (:id, :lane, :type, :body, :createdAt) RETURNING number`,
    )
    .pluck();
  const insertDelivery = database.prepare<[string, string, number]>(
    'INSERT INTO webhook_deliveries (url, lane, number) VALUES (?, ?, ?)',
  );
  const openLane = database.prepare<[string, string, number]>(
    'INSERT INTO webhook_lanes (url, lane, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setDue = database.prepare<[number, string, string]>(
    'UPDATE webhook_lanes SET due_at = ? WHERE url = ? AND lane = ?',
  );
  const closeLane = database.prepare<[string, string]>(
    'DELETE FROM webhook_lanes WHERE url = ? AND lane = ?',
  );
  const late = database.prepare<[string, number], 1>(WEBHOOK_SQL.late).pluck();
  const hasten = database.prepare<[{ url: string; after: number; now: number }]>(WEBHOOK_SQL.hasten);
  const setAllDue = database.prepare<[number]>('UPDATE webhook_lanes SET due_at = min(due_at, ?)');
  const nextInLane = database.prepare<[string, string], 1>(WEBHOOK_SQL.nextInLane).pluck();
  const due = database.prepare<[{ url: string; now: number; max: number }], DueDelivery>(WEBHOOK_SQL.due);
  const nextDueOf = database.prepare<[string], number | null>(WEBHOOK_SQL.nextDueOf).pluck();
  const oldest = database.prepare<[], number>(WEBHOOK_SQL.oldest).pluck();
  const tried = database.prepare<[WebhookTry & { state: string }]>(
    `UPDATE webhook_deliveries SET state = :state, tries = tries + 1, tried_at = :triedAt, outcome = :outcome
     WHERE url = :url AND lane = :lane AND number = :number AND state = 'waiting'`,
  );
  const list = database.prepare<[{ state: string | null; limit: number }], WebhookDelivery>(
    `SELECT d.url, e.id, e.lane, e.type, e.created_at AS createdAt, d.state, d.tries,
       d.tried_at AS triedAt, d.outcome
     FROM webhook_events e JOIN webhook_deliveries d ON d.number = e.number
     WHERE :state IS NULL OR d.state = :state ORDER BY e.number DESC, d.url LIMIT :limit`,
  );
  const find = database.prepare<[string], { number: number; lane: string }>(
    'SELECT number, lane FROM webhook_events WHERE id = ?',
  );
  const resendTo = database.prepare<[string, string, number]>(
    `INSERT INTO webhook_deliveries (url, lane, number) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET state = 'waiting', tries = 0 WHERE state <> 'waiting'`,
  );
  const slice = database.prepare<[PruneSlice], { number: number; isOld: 0 | 1 }>(WEBHOOK_SQL.slice);
  const removeEvent = database.prepare<[number]>(
    `DELETE FROM webhook_events WHERE number = ? AND NOT EXISTS
       (SELECT 1 FROM webhook_deliveries WHERE number = webhook_events.number AND state = 'waiting')`,
  );

  const setEndpoints = database.transaction((urls: readonly string[]) => {
    for (const { url } of endpoints.all()) if (!urls.includes(url)) removeEndpoint.run(url);
    for (const url of urls) addEndpoint.run(url);
  });

  function append(events: readonly WebhookEvent[], max: number): string[] {
    const open = endpoints.all().filter(({ stoppedAt }) => stoppedAt === null);
    if (open.length === 0) return [];
    for (const event of events) {
      const number = insertEvent.get(event) ?? 0;
      for (const { url } of open) {
        insertDelivery.run(url, event.lane, number);
        openLane.run(url, event.lane, event.createdAt);
      }
    }
    for (const { url } of open) count.run(events.length, url);
    const full = open.filter(({ waiting }) => waiting + events.length > max).map(({ url }) => url);
    const at = events.at(-1)?.createdAt ?? 0;
    for (const url of full) stop.run({ url, because: 'full', at });
    return full;
  }

  const settle = database.transaction((attempt: WebhookTry, state: 'delivered' | 'dropped') => {
    if (tried.run({ ...attempt, state }).changes === 0) return;
    const { url, lane, triedAt } = attempt;
    count.run(-1, url);
    if (nextInLane.get(url, lane) === undefined) closeLane.run(url, lane);
    else setDue.run(triedAt, url, lane);
  });

  const retry = database.transaction((attempt: WebhookTry, dueAt: number) => {
    tried.run({ ...attempt, state: 'waiting' });
    setDue.run(dueAt, attempt.url, attempt.lane);
  });

  const resend = database.transaction((id: string, at: number): number | undefined => {
    const event = find.get(id);
    if (event === undefined) return undefined;
    const urls = endpoints.all().map(({ url }) => url);
    for (const url of urls) {
      if (resendTo.run(url, event.lane, event.number).changes > 0) count.run(1, url);
      openLane.run(url, event.lane, at);
      setDue.run(at, url, event.lane);
    }
    return urls.length;
  });

  const restart = database.transaction((at: number): number => {
    setAllDue.run(at);
    return restartAll.run().changes;
  });

  const hastenAll = database.transaction((after: number, at: number): void => {
    for (const { url } of endpoints.all()) hasten.run({ url, after, now: at });
  });

  /** Later events are younger: the first young one ends the round. */
  const prune = database.transaction((query: PruneSlice): number => {
    const events = slice.all(query);
    const old = events.filter(({ isOld }) => isOld === 1);
    for (const { number } of old) removeEvent.run(number);
    return old.length < query.max ? 0 : (old.at(-1)?.number ?? 0);
  });

  return {
    setEndpoints: durably(setEndpoints.immediate),
    endpoints: () => endpoints.all(),
    append(events, max) {
      if (database.inTransaction) return append(events, max);
      let stopped: readonly string[] = [];
      soon(() => {
        stopped = append(events, max);
      });
      return stopped;
    },
    due(url, at, max) {
      // Nothing is sent before it is stored.
      flush();
      return isStopped.get(url) === undefined ? due.all({ url, now: at, max }) : [];
    },
    nextDue() {
      const times = endpoints
        .all()
        .filter(({ stoppedAt }) => stoppedAt === null)
        .map(({ url }) => nextDueOf.get(url) ?? null)
        .filter((time) => time !== null);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    oldest: () => oldest.get(),
    settle: now(settle.immediate),
    retry: now(retry.immediate),
    stop: durably((url: string, because: WebhookStop, at: number) => void stop.run({ url, because, at })),
    list: ({ state = undefined, limit }: DeliveriesQuery) => list.all({ state: state ?? null, limit }),
    page: createDeliveryPages(database),
    resend: durably(resend.immediate),
    restart: durably(restart.immediate),
    hasten(after, at) {
      // Most of the time there is nothing to write.
      if (endpoints.all().some(({ url }) => late.get(url, after) === 1)) now(hastenAll.immediate)(after, at);
    },
    prune: now(prune.immediate),
  } satisfies WebhookStore;
}
