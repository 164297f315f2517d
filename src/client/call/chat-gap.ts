import type { ChatItem, ChatMessage } from '../types.ts';
import type { ChatHistory } from './chat-history.ts';
import type { ChatLedger } from './chat-ledger.ts';
import type { ChatChange } from './chat-messages.ts';

/** Known messages that are compared with the history after a lost session. */
const COMPARED = 100;

/** What happened to the chat while this side's session was lost. */
export interface ChatGap {
  /** New messages, oldest first. */
  readonly messages: readonly ChatMessage[];
  /** What may have happened to messages that this side knows; the ledger knows what of it is new. */
  readonly changes: readonly ChatChange[];
}

export const NO_GAP: ChatGap = { messages: [], changes: [] };

type Reader = Pick<ChatHistory, 'read' | 'readAfter'>;

/**
 * Reads the new messages only.
 * @param lastId the newest message that this side knew of; null if there was none
 * @throws ParleyClientError as `Chat.history`
 */
export async function readNew(history: Reader, lastId: string | null): Promise<ChatGap> {
  return { messages: (await history.readAfter(lastId)).filter(isMessage), changes: [] };
}

/** Also compares the newest messages that this side knows with what has become of them. @throws as `readNew` */
export async function readGap(
  history: Reader,
  ledger: Pick<ChatLedger, 'newest' | 'has'>,
  lastId: string | null,
): Promise<ChatGap> {
  const known = ledger.newest(COMPARED);
  const newest = known.at(-1);
  if (newest === undefined) return readNew(history, lastId);
  const before = await history.read({ before: newest, limit: COMPARED });
  const items = [...before.items, ...(await history.readAfter(before.items.at(-1)?.id ?? null))];
  const [first] = before.nextCursor === null ? [] : before.items;
  const found = new Set(items.map(({ id }) => id));
  const gone = known.filter((id) => !found.has(id) && (first === undefined || id > first.id)).at(-1);
  return {
    messages: items.filter(isMessage).filter(({ id }) => lastId === null || id > lastId),
    changes: [
      ...(gone === undefined ? [] : [{ name: 'cleared', upTo: gone } as const]),
      ...items.filter(({ id }) => ledger.has(id)).flatMap(changesOf),
    ],
  };
}

function isMessage(item: ChatItem): item is ChatMessage {
  return !('deletedAt' in item);
}

function changesOf(item: ChatItem): ChatChange[] {
  if (!isMessage(item)) return [{ name: 'deleted', id: item.id }];
  const { id, message, editedAt, version, reactions = {} } = item;
  const reacted = { name: 'reactions', id, reactions } as const;
  if (editedAt === undefined) return [reacted];
  return [{ name: 'edited', edit: { id, message, editedAt, version } }, reacted];
}
