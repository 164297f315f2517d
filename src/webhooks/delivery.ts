import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { DueDelivery, WebhookStore } from '../store/contract.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { startPruning } from './pruning.ts';
import { waitAfter } from './schedule.ts';

/** Max tries that run at a time for one endpoint, each of another room. */
export const TRIES_PER_ENDPOINT = 16;
/** How often (ms) it is looked whether something is due: for waits that are over, and for what another process changed. */
const LOOK_MS = 1_000;

export interface DeliveryStats {
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
}

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
  const counts = { delivered: 0, failed: 0, dropped: 0 };
  const stop = new AbortController();
  let isClosed = false;
  let isWoken = false;

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
      if (!isClosed) await note(event, outcome);
    } catch (error) {
      log.error("the outcome of a webhook can't be stored", { id: event.id, error });
    } finally {
      lanes.delete(event.lane);
      wake();
    }
  }

  async function note(event: DueDelivery, { result, said, retryAfterMs }: Outcome): Promise<void> {
    const { url, lane, number, id, type } = event;
    const now = clock.now();
    const tried = { url, lane, number, triedAt: now, outcome: said };
    if (result === 'delivered') {
      counts.delivered += 1;
      await store.settle(tried, 'delivered');
      return;
    }
    counts.failed += 1;
    const about = { host: hostOf(url), id, type, outcome: said };
    if (result === 'gone') {
      await store.retry(tried, now);
      await store.stop(url, 'gone', now);
      log.warn('a webhook endpoint is gone; `parley webhooks resend` takes it up again', about);
      return;
    }
    const tries = event.tries + 1;
    const wait = waitAfter(tries, random(), retryAfterMs);
    if (wait === undefined) {
      counts.dropped += 1;
      await store.settle(tried, 'dropped');
      log.error('a webhook was dropped after its last try', { ...about, tries });
      return;
    }
    await store.retry(tried, now + wait);
    log.warn('a webhook was not taken', { ...about, tries, nextTryInMs: wait });
  }

  const stopLooking = clock.every(LOOK_MS, wake);
  const stopPruning = startPruning({ store, clock, log });
  wake();

  return {
    wake,
    stats: () => ({ ...counts }),
    async close() {
      isClosed = true;
      stopLooking();
      stopPruning();
      stop.abort(new Error('the server ends'));
      await Promise.all([...running.values()].flatMap((lanes) => [...lanes.values()]));
    },
  };
}

/** A URL may have a secret in its path. */
function hostOf(url: string): string {
  return new URL(url).host;
}
