import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSlices } from '../lib/slices.ts';
import type { WebhookStore } from '../store/contract.ts';

/** Events that are kept for operators after they were delivered: for this long (ms), and at most so many. */
export const KEPT_MS = 7 * 86_400_000;
export const KEPT_EVENTS = 100_000;
/** Milliseconds between two looks for events to remove: each is a transaction. */
export const PRUNE_MS = 60_000;
/** Events that one slice looks at. */
const LOOKED_AT_ONCE = 2_000;

interface PruningDeps {
  readonly store: Pick<WebhookStore, 'prune'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Removes events that were delivered long ago. Returns a function that ends this. */
export function startPruning({ store, clock, log }: PruningDeps): () => void {
  /** The event up to which this round has looked. */
  let looked = 0;

  async function slice(): Promise<boolean> {
    try {
      const until = clock.now() - KEPT_MS;
      looked = await store.prune({ after: looked, until, keep: KEPT_EVENTS, max: LOOKED_AT_ONCE });
      return looked > 0;
    } catch (error) {
      log.error("old webhooks can't be removed", { error });
      return false;
    }
  }

  return createSlices({ clock, everyMs: PRUNE_MS, slice }).close;
}
