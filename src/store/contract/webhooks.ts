import type { Awaitable } from '../../lib/awaitable.ts';

/** Something that happened, as endpoints are told of it [CT5]. */
export interface WebhookEvent {
  /** `webhook-id`: the same over all tries and endpoints. */
  readonly id: string;
  /** Events of one lane are delivered in order: a room's id, or a user's. */
  readonly lane: string;
  readonly type: string;
  /** The JSON that is sent and signed. */
  readonly body: string;
  readonly createdAt: number;
}

/** `gone`: it answered 410. `full`: too many events waited. */
export type WebhookStop = 'gone' | 'full';

export interface WebhookEndpoint {
  readonly url: string;
  /** Events that wait to be delivered to it. */
  readonly waiting: number;
  /** When it was stopped; null: it gets events. */
  readonly stoppedAt: number | null;
  readonly stoppedBecause: WebhookStop | null;
}

/** An event on its way to an endpoint: the first that waits in its lane. */
export interface DueDelivery extends WebhookEvent {
  readonly url: string;
  /** Places it among the events. */
  readonly number: number;
  /** How often it was tried. */
  readonly tries: number;
}

export type DeliveryState = 'waiting' | 'delivered' | 'dropped';

/** A delivery as operators see it. */
export interface WebhookDelivery {
  readonly url: string;
  readonly id: string;
  readonly lane: string;
  readonly type: string;
  readonly createdAt: number;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly triedAt: number | null;
  /** Of the last try: an HTTP status, or why there is none. Null before the first. */
  readonly outcome: string | null;
}

/** A try that is over. */
export interface WebhookTry {
  readonly url: string;
  readonly lane: string;
  readonly number: number;
  readonly triedAt: number;
  readonly outcome: string;
}

export interface DeliveriesQuery {
  /** Default: all. */
  readonly state?: DeliveryState | undefined;
  readonly limit: number;
}

/** A delivery with its place in the list. */
export interface NumberedDelivery extends WebhookDelivery {
  readonly number: number;
}

export interface DeliveryPageQuery {
  /** Default: all. */
  readonly state?: DeliveryState | undefined;
  /** The number of the first event on the page. */
  readonly from: number;
  /** Deliveries of that event that were on the page before. */
  readonly skip: number;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly NumberedDelivery[];
  /** Where to go on if fewer than `limit` were found; null: there are no more. */
  readonly next: number | null;
}

/** What happened and whom it is still to be told. */
export interface WebhookStore {
  /** Durable. Makes these the endpoints. One that was there before keeps what waits for it; the others go with it. */
  setEndpoints(urls: readonly string[]): Awaitable<void>;
  endpoints(): Awaitable<readonly WebhookEndpoint[]>;
  /**
   * Writes events, in this order, for every endpoint that isn't stopped. Called in a transaction, they are stored if all else in it is;
   * outside of one, it returns before they are. An endpoint for which more than `max` events wait is stopped.
   * @returns the URLs that were stopped
   */
  append(events: readonly WebhookEvent[], max: number): Awaitable<readonly string[]>;
  /** What is due for an endpoint: the first event of each lane, those due longest first. Nothing if it is stopped. */
  due(url: string, now: number, max: number): Awaitable<readonly DueDelivery[]>;
  /** When the next event is due for any endpoint that isn't stopped; undefined if none waits. */
  nextDue(): Awaitable<number | undefined>;
  /** When the oldest event happened that waits for any endpoint, one that is stopped too; undefined if none does. */
  oldest(): Awaitable<number | undefined>;
  /** The event was delivered, or is given up; the next in its lane is due at once. */
  settle(attempt: WebhookTry, state: 'delivered' | 'dropped'): Awaitable<void>;
  /** The event is tried again at `dueAt`. */
  retry(attempt: WebhookTry, dueAt: number): Awaitable<void>;
  /** Durable. Nothing more is sent to the endpoint; what waits for it stays. */
  stop(url: string, because: WebhookStop, at: number): Awaitable<void>;
  /** Newest first. */
  list(query: DeliveriesQuery): Awaitable<readonly WebhookDelivery[]>;
  /** A page of the list, the newest events first. It costs the same however long the list is. */
  page(query: DeliveryPageQuery): Awaitable<DeliveryPage>;
  /** Durable. Lets an event wait again for all endpoints. @returns for how many; undefined if there is no such event */
  resend(id: string, now: number): Awaitable<number | undefined>;
  /** Durable. Takes stopped endpoints up again, and all that waits is due. @returns how many */
  restart(now: number): Awaitable<number>;
  /** What is due later than `after` is due at `now`: the clock was set back. */
  hasten(after: number, now: number): Awaitable<void>;
  /** Removes some of the events that are old and wait for nobody. @returns `after` for the next slice */
  prune(slice: PruneSlice): Awaitable<number>;
}

export interface PruneSlice {
  /** The number of the event behind which to begin. 0: at the first. */
  readonly after: number;
  /** Events that happened at or before it are old. */
  readonly until: number;
  /** Of the others, only so many are not. */
  readonly keep: number;
  /** Events to look at. */
  readonly max: number;
}
