import type { Room } from '../../client/index.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';

/** Milliseconds between two looks: short at first, longer while nothing changes, much longer while the server is away. */
export const POLL_MS = 3_000;
const MAX_POLL_MS = 10_000;
const MAX_RETRY_MS = 60_000;
const POLL_GROWTH = 1.3;
/** Milliseconds between a look and one because the person came back: focus comes and goes with every dialog. */
const MIN_POLL_MS = 1_000;

interface RoomPollOptions {
  readonly find: () => Promise<Room>;
  /** The room as it is now, if anything about it has changed. */
  readonly onChange: (room: Room) => void;
  readonly onFailure: (error: unknown) => void;
  readonly isVisible?: () => boolean;
  readonly subscribe?: Subscribe;
  readonly now?: () => number;
}

/**
 * Looks at a room again and again until the returned function is called, and at once when the person comes back to the
 * page. A hidden page asks nothing.
 * @param first as it is known; null if the first look is news in any case
 */
export function pollRoom(first: Room | null, options: RoomPollOptions): () => void {
  const { find, onChange, onFailure, subscribe = onPageShown, now = () => performance.now() } = options;
  const isVisible = options.isVisible ?? (() => document.visibilityState === 'visible');
  let known = JSON.stringify(first);
  let waitMs = POLL_MS;
  let lookedAt = now();
  let looking = false;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = () => {
    clearTimeout(timer);
    if (!over) timer = setTimeout(() => void look(), waitMs);
  };

  async function look(): Promise<void> {
    // `returns` goes on when the page is seen again.
    if (looking || over || !isVisible()) return;
    looking = true;
    lookedAt = now();
    clearTimeout(timer);
    try {
      const room = await find();
      if (over) return;
      const found = JSON.stringify(room);
      waitMs = found === known ? Math.min(MAX_POLL_MS, waitMs * POLL_GROWTH) : POLL_MS;
      if (found !== known) onChange(room);
      known = found;
    } catch (error) {
      if (over) return;
      waitMs = Math.min(MAX_RETRY_MS, waitMs * 2);
      onFailure(error);
    } finally {
      looking = false;
      later();
    }
  }

  later();
  const unsubscribe = startOptional(() =>
    subscribe(() => {
      if (now() - lookedAt >= MIN_POLL_MS) void look();
    }),
  );
  return () => {
    over = true;
    clearTimeout(timer);
    unsubscribe();
  };
}
