import type { DeliveryPage, DeliveryPageQuery, DeliveryState, NumberedDelivery } from '../contract.ts';
import type { Connection } from './driver.ts';

/** Max events that a page of delivered ones looks at: most are, but behind a long queue there may be none for a while. */
export const EVENTS_PER_PAGE = 5_000;

const COLUMNS = `d.url, d.number, e.id, e.lane, e.type, e.created_at AS createdAt, d.state, d.tries,
  d.tried_at AS triedAt, d.outcome`;
const PAGE = 'ORDER BY d.number DESC, d.url LIMIT :limit OFFSET :skip';

/** Each reads an index in its order, and ends at its limit. A test looks at the plans. */
export const WEBHOOK_LIST_SQL = {
  all: `SELECT ${COLUMNS} FROM webhook_events e CROSS JOIN webhook_deliveries d ON d.number = e.number
    WHERE e.number <= :from ORDER BY e.number DESC, d.url LIMIT :limit OFFSET :skip`,
  waiting: `SELECT ${COLUMNS} FROM webhook_deliveries d JOIN webhook_events e ON e.number = d.number
    WHERE d.state = 'waiting' AND d.number <= :from ${PAGE}`,
  dropped: `SELECT ${COLUMNS} FROM webhook_deliveries d JOIN webhook_events e ON e.number = d.number
    WHERE d.state = 'dropped' AND d.number <= :from ${PAGE}`,
  delivered: `SELECT ${COLUMNS} FROM webhook_events e CROSS JOIN webhook_deliveries d ON d.number = e.number
    WHERE d.state = 'delivered' AND e.number > :from - ${EVENTS_PER_PAGE} AND e.number <= :from
    ORDER BY e.number DESC, d.url LIMIT :limit OFFSET :skip`,
} as const satisfies Readonly<Record<DeliveryState | 'all', string>>;

type Values = Required<Pick<DeliveryPageQuery, 'from' | 'skip' | 'limit'>>;

/** Lists deliveries for people. */
export function createDeliveryPages(database: Connection): (query: DeliveryPageQuery) => DeliveryPage {
  const prepare = (sql: string) => database.prepare<[Values], NumberedDelivery>(sql);
  const statements = {
    all: prepare(WEBHOOK_LIST_SQL.all),
    waiting: prepare(WEBHOOK_LIST_SQL.waiting),
    dropped: prepare(WEBHOOK_LIST_SQL.dropped),
    delivered: prepare(WEBHOOK_LIST_SQL.delivered),
  };
  const newest = database.prepare<[], number | null>('SELECT max(number) FROM webhook_events').pluck();

  return ({ state, from, skip, limit }) => {
    const start = Math.min(from, newest.get() ?? 0);
    const deliveries = statements[state ?? 'all'].all({
      from: start,
      skip: start === from ? skip : 0,
      limit,
    });
    const rest = state === 'delivered' ? start - EVENTS_PER_PAGE : 0;
    return { deliveries, next: deliveries.length < limit && rest > 0 ? rest : null };
  };
}
