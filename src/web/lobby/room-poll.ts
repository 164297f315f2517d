import type { Room } from '../../client/index.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';

/**
 * Milliseconds between polls: `POLL_MS` at first and after a change, growing to `MAX_POLL_MS` while nothing changes,
 * doubling to `MAX_RETRY_MS` while the server can't be reached.
 */
export const POLL_MS = 3_000;
const MAX_POLL_MS = 10_000;
const MAX_RETRY_MS = 60_000;
const POLL_GROWTH = 1.3;
/** Min milliseconds between polls when the page is focused again, because every dialog takes and returns the focus. */
const MIN_POLL_MS = 1_000;

interface RoomPollOptions {
  readonly find: () => Promise<Room>;
  /** Called with the room whenever it differs from the last one. */
  readonly onChange: (room: Room) => void;
  readonly onFailure: (error: unknown) => void;
  readonly isVisible?: () => boolean;
  readonly subscribe?: Subscribe;
  readonly now?: () => number;
}

/**
 * Polls a room until the returned function is called. Polls at once when the person returns to the page, and never
 * while it is hidden.
 * @param first the known state of the room; null if the first answer counts as a change
 */
export function pollRoom(first: Room | null, options: RoomPollOptions): () => void {
  const { find, onChange, onFailure, subscribe = onPageShown, now = () => performance.now() } = options;
  const isVisible = options.isVisible ?? (() => document.visibilityState === 'visible');
  let known = JSON.stringify(first);
  let waitMs = POLL_MS;
  let polledAt = now();
  let polling = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void poll(), waitMs);
  };

  async function poll(): Promise<void> {
    // A hidden page is polled again by `subscribe` once it is visible.
    if (polling || stopped || !isVisible()) return;
    polling = true;
    polledAt = now();
    clearTimeout(timer);
    try {
      const room = await find();
      if (stopped) return;
      const found = JSON.stringify(room);
      waitMs = found === known ? Math.min(MAX_POLL_MS, waitMs * POLL_GROWTH) : POLL_MS;
      if (found !== known) onChange(room);
      known = found;
    } catch (error) {
      if (stopped) return;
      waitMs = Math.min(MAX_RETRY_MS, waitMs * 2);
      onFailure(error);
    } finally {
      polling = false;
      schedule();
    }
  }

  schedule();
  const unsubscribe = startOptional(() =>
    subscribe(() => {
      if (now() - polledAt >= MIN_POLL_MS) void poll();
    }),
  );
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
}
