import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { DueDelivery, WebhookStore } from '../store/contract.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { startPruning } from './pruning.ts';
import { LONGEST_WAIT_MS, waitAfter } from './schedule.ts';

/** Max tries that run at a time for one endpoint, each of another room. */
export const TRIES_PER_ENDPOINT = 16;
/** How often (ms) it is looked whether something is due: for waits that are over, and for what another process changed. */
export const LOOK_MS = 1_000;
/** A clock that was set back by more than this (ms) makes everything due: waits end by the clock that they began by. */
const SET_BACK_MS = 10_000;

/** Tries by result. The last try of an event that is given up is `dropped`. */
export type Attempts = Readonly<Record<Outcome['result'] | 'dropped', number>>;

export interface DeliveryStats {
  readonly attempts: Attempts;
  /** When the oldest event happened that waits, as seen in the last second; undefined if none does. */
  readonly oldestAt: number | undefined;
}

/** The stats of a server without endpoints. */
export const NO_DELIVERIES: DeliveryStats = {
  attempts: { delivered: 0, failed: 0, gone: 0, dropped: 0 },
  oldestAt: undefined,
};

/** Sends what waits, in order per endpoint and room [CT5]. */
export interface Delivery {
  /** Something was written: looks at once. */
  wake(): void;
  stats(): DeliveryStats;
  /** Ends the tries that run; the next process makes them again. */
  close(): Promise<void>;
}

interface DeliveryDeps {
  readonly store: WebhookStore;
  readonly urls: readonly string[];
  readonly attempt: Attempt;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

export function startDelivery({ store, urls, attempt, clock, random, log }: DeliveryDeps): Delivery {
  /** Lanes in which a try runs, by endpoint: the next event of a lane waits for it. */
  const running = new Map<string, Map<string, Promise<void>>>(urls.map((url) => [url, new Map()]));
  const attempts = { ...NO_DELIVERIES.attempts };
  const stop = new AbortController();
  /** Ends them. */
  const pauses = new Set<() => void>();
  let isClosed = false;
  let isWoken = false;
  let oldestAt: number | undefined;
  /** Undefined: what waits was written by a process before, whose clock isn't known. */
  let lastLook: number | undefined;

  function wake(): void {
    if (isWoken || isClosed) return;
    isWoken = true;
    // After the transaction that is being written.
    setImmediate(() => {
      isWoken = false;
      for (const url of urls) void look(url);
    });
  }

  async function look(url: string): Promise<void> {
    const lanes = running.get(url);
    if (lanes === undefined || isClosed || lanes.size >= TRIES_PER_ENDPOINT) return;
    try {
      // Those that run are due too: with one more than may run, a free one is found if there is one.
      const due = await store.due(url, clock.now(), TRIES_PER_ENDPOINT * 2);
      for (const event of due) {
        if (isClosed || lanes.size >= TRIES_PER_ENDPOINT) return;
        if (!lanes.has(event.lane)) lanes.set(event.lane, send(event, lanes));
      }
    } catch (error) {
      log.error("webhooks can't be read", { error });
    }
  }

  async function send(event: DueDelivery, lanes: Map<string, Promise<void>>): Promise<void> {
    try {
      const outcome = await attempt(event, stop.signal);
      if (!isClosed) await keepNoting(settlementOf(event, outcome), event);
    } finally {
      lanes.delete(event.lane);
      wake();
    }
  }

  /** Counts and logs an outcome. @returns what stores it */
  function settlementOf(event: DueDelivery, { result, said, retryAfterMs }: Outcome): () => Promise<void> {
    const { url, lane, number, id, type } = event;
    const now = clock.now();
    const tried = { url, lane, number, triedAt: now, outcome: said };
    const tries = event.tries + 1;
    const about = { host: hostOf(url), id, type, outcome: said };
    const wait = result === 'failed' ? waitAfter(tries, random(), retryAfterMs) : undefined;
    const isDropped = result === 'failed' && wait === undefined;
    attempts[isDropped ? 'dropped' : result] += 1;
    if (result === 'delivered') return async () => store.settle(tried, 'delivered');
    if (result === 'gone') {
      log.warn('a webhook endpoint is gone; `parley webhooks resend` takes it up again', about);
      return async () => {
        await store.stop(url, 'gone', now);
        await store.retry(tried, now);
      };
    }
    if (wait === undefined) {
      log.error('a webhook was dropped after its last try', { ...about, tries });
      return async () => store.settle(tried, 'dropped');
    }
    log.warn('a webhook was not taken', { ...about, tries, nextTryInMs: wait });
    return async () => store.retry(tried, now + wait);
  }

  /** Until it is stored: an event whose delivery isn't would be due again, and be sent again at once. */
  async function keepNoting(note: () => Promise<void>, { id }: DueDelivery): Promise<void> {
    for (let failures = 0; !isClosed; failures += 1) {
      try {
        await note();
        return;
      } catch (error) {
        if (failures === 0)
          log.error("the outcome of a webhook can't be stored; it is tried again", { id, error });
      }
      await pause();
    }
  }

  /** A second, or until the end. */
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        cancel();
        pauses.delete(over);
        resolve();
      };
      const cancel = clock.after(LOOK_MS, over);
      pauses.add(over);
    });
  }

  async function lookAround(): Promise<void> {
    try {
      const now = clock.now();
      if (lastLook === undefined) await store.hasten(now + LONGEST_WAIT_MS, now);
      else if (now < lastLook - SET_BACK_MS) await store.hasten(now, now);
      lastLook = now;
      oldestAt = await store.oldest();
    } catch (error) {
      log.error("webhooks can't be looked after", { error });
    }
    wake();
  }

  const stopLooking = clock.every(LOOK_MS, () => void lookAround());
  const stopPruning = startPruning({ store, clock, log });
  void lookAround();

  return {
    wake,
    stats: () => ({ attempts: { ...attempts }, oldestAt }),
    async close() {
      isClosed = true;
      stopLooking();
      stopPruning();
      stop.abort(new Error('the server ends'));
      for (const over of pauses) over();
      await Promise.all([...running.values()].flatMap((lanes) => [...lanes.values()]));
    },
  };
}

/** A URL may have a secret in its path. */
function hostOf(url: string): string {
  return new URL(url).host;
}
