import * as v from 'valibot';
import { ParleyError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { DeliveriesQuery, DeliveriesReply, Delivery } from '../protocol/admin-bodies.ts';
import type { NumberedDelivery, WebhookDelivery, WebhookEndpoint, WebhookStore } from '../store/contract.ts';

/** What admins see of webhooks and do about them [AD5]. */
export interface WebhookDesk {
  /**
   * Returns a page of deliveries, the newest events first, and all endpoints.
   * @throws ParleyError `validation_failed` for a cursor of another list
   */
  page(query: DeliveriesQuery): Promise<DeliveriesReply>;
  /** Lets an event be sent again. @returns to how many endpoints. @throws ParleyError `not_found` */
  resend(id: string): Promise<number>;
  /** Takes stopped endpoints up again, and tries at once what waits. @returns how many */
  resume(): Promise<number>;
}

interface DeskDeps {
  readonly store: Pick<WebhookStore, 'page' | 'endpoints' | 'resend' | 'restart'>;
  /** Called when something may be due. */
  readonly wake: () => void;
  readonly clock: Clock;
}

/** Max deliveries of one event that a cursor skips: more endpoints than anybody has. */
const SKIPPED = 1_000;
const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The number of an event, and how many of its deliveries were on the pages before. */
const Place = v.strictTuple([v.literal('delivery'), Whole, v.pipe(Whole, v.maxValue(SKIPPED))]);

export function createWebhookDesk({ store, wake, clock }: DeskDeps): WebhookDesk {
  return {
    async page({ state, limit, after }) {
      const [from, skip] = after === undefined ? [Number.MAX_SAFE_INTEGER, 0] : placeOf(after);
      const { deliveries, next } = await store.page({ state, from, skip, limit: limit + 1 });
      const page = deliveries.slice(0, limit);
      const place =
        deliveries.length > limit ? placeAfter(page, { from, skip }) : next === null ? null : [next, 0];
      return {
        items: page.map(describe),
        nextCursor: place && writeCursor(['delivery', ...place]),
        endpoints: (await store.endpoints()).map(describeEndpoint),
      };
    },

    async resend(id) {
      const endpoints = await store.resend(id, clock.now());
      if (endpoints === undefined) throw noSuchEvent();
      wake();
      return endpoints;
    },

    async resume() {
      const endpoints = await store.restart(clock.now());
      wake();
      return endpoints;
    },
  };
}

function placeOf(cursor: string): readonly [from: number, skip: number] {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  const [, from, skip] = place;
  return [from, skip];
}

/** Goes on in the middle of an event if not all of its deliveries are on the page. */
function placeAfter(
  page: readonly NumberedDelivery[],
  { from, skip }: { readonly from: number; readonly skip: number },
): readonly [from: number, skip: number] {
  const last = page.at(-1)?.number ?? from;
  const shown = page.filter(({ number }) => number === last).length;
  return [last, last === from ? skip + shown : shown];
}

function describe(delivery: WebhookDelivery): Delivery {
  const { id, type, lane, createdAt, url, state, tries, triedAt, outcome } = delivery;
  return {
    id,
    type,
    lane,
    createdAt: isoTime(createdAt),
    host: new URL(url).host,
    state,
    tries,
    triedAt: triedAt === null ? null : isoTime(triedAt),
    outcome,
  };
}

function describeEndpoint({ url, waiting, stoppedAt, stoppedBecause }: WebhookEndpoint) {
  return {
    host: new URL(url).host,
    waiting,
    stoppedAt: stoppedAt === null ? null : isoTime(stoppedAt),
    stoppedBecause,
  };
}

function noSuchEvent(): ParleyError {
  return new ParleyError(
    'not_found',
    'There is no such event. GET /admin/webhooks lists those that are kept.',
  );
}
