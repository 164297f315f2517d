import { HistoryReply } from '../../protocol/chat-endpoints.ts';
import { send, withToken } from '../http.ts';
import type { Account, ChatItem, ChatPage, ChatQuery, WaitOptions } from '../types.ts';
import type { ChatChange } from './chat-messages.ts';

/** Changes that are remembered for a page that is under way; beyond, the page may be older than the events. */
const CHANGES_MEANWHILE = 1_000;
/** Messages of a page, at most [HT4]. */
const PAGE_ITEMS = 100;
/** Pages that are read after a lost session: all that a room may have [CH4]. */
const MISSED_PAGES = 100;

interface ChatHistoryDeps {
  readonly account: Pick<Account, 'baseUrl' | 'token'>;
  readonly roomId: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Reads the room's messages in pages [CH3]. */
export class ChatHistory {
  readonly #deps: ChatHistoryDeps;
  /** For each page under way, what has changed since it was asked for. */
  readonly #meanwhile = new Set<ChatChange[]>();

  constructor(deps: ChatHistoryDeps) {
    this.#deps = deps;
  }

  /** Records a change, so that no page that is under way takes it back. */
  note(change: ChatChange): void {
    for (const changes of this.#meanwhile) if (changes.length < CHANGES_MEANWHILE) changes.push(change);
  }

  /** @throws ParleyClientError as `Chat.history` */
  async read(query: ChatQuery, { signal }: WaitOptions = {}): Promise<ChatPage> {
    const { account, roomId, now } = this.#deps;
    const changes: ChatChange[] = [];
    this.#meanwhile.add(changes);
    try {
      const { items, nextCursor } = await withToken(
        account,
        (token) =>
          send(account.baseUrl, 'GET /rooms/:roomId/chat', HistoryReply, {
            token,
            params: { roomId },
            query,
            signal,
          }),
        signal,
      );
      const time = new Date(now()).toISOString();
      return {
        items: changes.reduce<readonly ChatItem[]>((all, change) => applied(all, change, time), items),
        nextCursor,
      };
    } finally {
      this.#meanwhile.delete(changes);
    }
  }

  /** Resolves with all messages after this one, or all there are, oldest first. */
  async readAfter(id: string | null): Promise<ChatItem[]> {
    const all: ChatItem[] = [];
    let cursor = id;
    for (let pages = 0; pages < MISSED_PAGES; pages += 1) {
      const query = id === null ? { before: cursor ?? undefined } : { after: cursor ?? undefined };
      const { items, nextCursor } = await this.read({ ...query, limit: PAGE_ITEMS });
      if (id === null) all.unshift(...items);
      else all.push(...items);
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    return all;
  }
}

function applied(items: readonly ChatItem[], change: ChatChange, now: string): ChatItem[] {
  if (change.name === 'cleared') return items.filter(({ id }) => id > change.upTo);
  const id = change.name === 'edited' ? change.edit.id : change.id;
  return items.map((item) => (item.id === id && !('deletedAt' in item) ? changed(item, change, now) : item));
}

function changed(
  item: Exclude<ChatItem, { deletedAt: string }>,
  change: Exclude<ChatChange, { name: 'cleared' }>,
  now: string,
): ChatItem {
  switch (change.name) {
    case 'edited': {
      const { message, editedAt, version } = change.edit;
      return version > item.version ? { ...item, message, editedAt, version } : item;
    }
    case 'deleted': {
      const { id, roomId, userId, createdAt } = item;
      return { id, roomId, userId, createdAt, deletedAt: now };
    }
    case 'reactions':
      return { ...item, reactions: change.reactions };
  }
}
