import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { Chat, ChatItem, ChatPage, ChatPolicy } from '../../../client/index.ts';
import { failureOf } from '../../failure.ts';
import type { ChatLine, ChatLines } from './chat-lines.ts';

/** Messages per page of the history. */
const PAGE = 50;
/** Max messages that the page holds; those farthest from the reader are dropped and read again when needed. */
export const MAX_LINES = 500;

/**
 * What is known of the messages before those shown. `unread`: nothing was asked for yet; `complete`: there are none, or
 * this side may not read them.
 */
export type HistoryState = 'unread' | 'loading' | 'more' | 'failed' | 'complete';

/** The messages around the reader: a piece of the room's chat without holes. */
export interface ChatWindow {
  /** Oldest first, at most MAX_LINES. */
  readonly lines: ReadonlySignal<readonly ChatLine[]>;
  readonly history: ReadonlySignal<HistoryState>;
  /** There are messages after those shown. */
  readonly hasNewer: ReadonlySignal<boolean>;
  /** Takes a message that was just written. Returns whether it is new. */
  hear(message: ChatItem): boolean;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Shows the messages around this one instead, or the newest ones if it is null or gone. */
  goTo(id: string | null): Promise<void>;
  /** More may be readable than before. */
  reopen(): void;
  /** Drops every message up to `upTo`, inclusive. */
  clear(upTo: string): void;
  /** Shows what changed in the messages. */
  refresh(): void;
}

interface ChatWindowOptions {
  readonly chat: Pick<Chat, 'history'>;
  readonly known: ChatLines;
  readonly policy: ReadonlySignal<ChatPolicy>;
  readonly unseen: ReadonlySignal<ReadonlySet<string>>;
  /** The reader is not at the newest message, and must not lose the place. */
  readonly isElsewhere: () => boolean;
  /** A message can't be read any more. */
  readonly onGone: (id: string) => void;
  /** @param code why the messages could not be shown */
  readonly onFailed: (code: string) => void;
}

export function createChatWindow(options: ChatWindowOptions): ChatWindow {
  const { chat, known, policy, unseen, isElsewhere, onGone, onFailed } = options;
  const lines = signal<readonly ChatLine[]>([]);
  const history = signal<HistoryState>('unread');
  const hasNewer = signal(false);
  /** The newest message that was heard of. */
  let heard = '';
  let lastTurn = Promise.resolve();

  const refresh = () => {
    lines.value = known.all();
  };
  const oldest = () => known.all()[0]?.id;
  const newest = () => known.all().at(-1)?.id;
  /** Pages are read one after the other, because each begins where the one before ended. */
  const inTurn = (read: () => Promise<void>) => {
    lastTurn = lastTurn.then(read);
    return lastTurn;
  };

  function dropOldest(): void {
    const id = oldest();
    if (id === undefined) return;
    known.drop(id);
    if (policy.peek() === 'none') onGone(id);
    else if (history.peek() === 'complete') history.value = 'more';
  }
  function dropNewest(): void {
    known.drop(newest() ?? '');
    hasNewer.value = true;
  }
  function trimTo(drop: () => void): void {
    while (known.size > MAX_LINES) drop();
  }
  /** A message that nobody stores can't be read again, so that only the oldest may be dropped. */
  function trimHeard(): void {
    const isStored = policy.peek() !== 'none';
    const keepsOldest = () => isElsewhere() || unseen.peek().has(oldest() ?? '');
    trimTo(() => (isStored && keepsOldest() ? dropNewest() : dropOldest()));
  }
  const isAtNewest = ({ items, nextCursor }: ChatPage) =>
    items.length === 0 || (nextCursor === null && (newest() ?? '') >= heard);
  const addAll = (items: readonly ChatItem[]) => {
    for (const item of items) known.add(item);
  };

  async function readOlder(): Promise<void> {
    if (history.peek() === 'complete') return;
    const before = history.peek() === 'unread' && !hasNewer.peek() ? undefined : oldest();
    history.value = 'loading';
    try {
      const { items, nextCursor } = await chat.history({ limit: PAGE, before });
      batch(() => {
        // The page no longer adjoins what is shown: the next one will.
        if (before !== undefined && before !== oldest()) {
          history.value = 'more';
          return;
        }
        addAll(items);
        history.value = nextCursor === null ? 'complete' : 'more';
        trimTo(dropNewest);
        refresh();
      });
    } catch (error) {
      // Somebody who may read nothing has read all there is.
      history.value = failureOf(error).code === 'forbidden' ? 'complete' : 'failed';
    }
  }

  async function readNewer(): Promise<void> {
    if (!hasNewer.peek()) return;
    try {
      const after = newest();
      const page = await chat.history({ limit: PAGE, after });
      batch(() => {
        if (after !== newest()) return;
        addAll(page.items);
        hasNewer.value = !isAtNewest(page);
        trimTo(dropOldest);
        refresh();
      });
    } catch {
      // The way down is still there, and says why if it fails.
    }
  }

  async function readAround(id: string | null): Promise<void> {
    try {
      const page = await chat.history(id === null ? { limit: PAGE } : { limit: PAGE, around: id });
      batch(() => {
        known.reset();
        addAll(page.items);
        history.value = id === null && page.nextCursor === null ? 'complete' : 'more';
        hasNewer.value = id !== null || !isAtNewest(page);
        refresh();
      });
    } catch (error) {
      const { code } = failureOf(error);
      if (id === null || code !== 'not_found') return onFailed(code);
      onGone(id);
      await readAround(null);
    }
  }

  const goTo = (id: string | null) => inTurn(() => readAround(id));
  return {
    lines,
    history,
    hasNewer,
    hear(message) {
      if (message.id > heard) heard = message.id;
      if (hasNewer.peek() && message.id > (newest() ?? '')) return true;
      const isNew = known.add(message);
      trimHeard();
      refresh();
      return isNew;
    },
    loadOlder: () => inTurn(readOlder),
    loadNewer: () => inTurn(readNewer),
    goTo,
    reopen() {
      history.value = 'unread';
    },
    clear(upTo) {
      known.clear(upTo);
      if (history.peek() === 'more') history.value = 'complete';
      if (heard <= upTo) heard = '';
      refresh();
      if (hasNewer.peek()) void goTo(null);
    },
    refresh,
  };
}
