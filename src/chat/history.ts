import type { RoomId } from '../domain/ids.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { HistoryQuery, HistoryReply } from '../protocol/chat-endpoints.ts';
import type { ChatMessage, Tombstone } from '../protocol/chat-events.ts';
import type { ChatStore, StoredMessage } from '../store/contract.ts';

/** Returns a page of a room's messages, oldest first. @param above what is at or below this id can't be read */
export async function readHistory(
  store: Pick<ChatStore, 'list'>,
  roomId: RoomId,
  { after, before, around, limit }: HistoryQuery,
  above: string,
): Promise<HistoryReply> {
  if (around !== undefined) return readAround(store, roomId, { around, limit }, above);
  const from = after === undefined ? 'newest' : 'oldest';
  const range = { above: after !== undefined && after > above ? after : above, below: before, from } as const;
  const found = await store.list(roomId, { ...range, limit: limit + 1 });
  const hasMore = found.length > limit;
  const page = from === 'newest' ? found.slice(-limit) : found.slice(0, limit);
  const last = from === 'newest' ? page[0] : page.at(-1);
  return { items: itemsOf(page, above), nextCursor: hasMore && last !== undefined ? last.id : null };
}

/** Half a page before the message, and the rest from it on. The next page is around the last message of this one. */
async function readAround(
  store: Pick<ChatStore, 'list'>,
  roomId: RoomId,
  { around, limit }: { readonly around: string; readonly limit: number },
  above: string,
): Promise<HistoryReply> {
  const half = Math.floor(limit / 2);
  const before =
    half === 0 ? [] : await store.list(roomId, { above, below: around, from: 'newest', limit: half });
  const start = justBelow(around);
  const after = await store.list(roomId, {
    above: start > above ? start : above,
    from: 'oldest',
    limit: limit - half + 1,
  });
  const shown = after.slice(0, limit - half);
  const last = shown.at(-1);
  const hasMore = after.length > shown.length && last !== undefined && last.id > around;
  return { items: itemsOf([...before, ...shown], above), nextCursor: hasMore ? last.id : null };
}

/** Returns a text that sorts before the id, and behind every id before it. */
function justBelow(id: string): string {
  const end = id.length - 1;
  return `${id.slice(0, end)}${String.fromCharCode(id.charCodeAt(end) - 1)}~`;
}

/** A reply to what one may not read can't be read either [CH2]. */
function itemsOf(rows: readonly StoredMessage[], above: string): (ChatMessage | Tombstone)[] {
  return rows.filter(({ rootId }) => rootId === null || rootId > above).map(describe);
}

/** A message as clients see it. */
export function describe(row: StoredMessage): ChatMessage | Tombstone {
  return row.message === null ? describeTombstone(row) : describeMessage(row, row.message);
}

export function describeMessage(row: StoredMessage, message: string): ChatMessage {
  const { id, roomId, userId, peerId, displayName, replyTo, createdAt, version, editedAt, reactions } = row;
  return {
    id,
    roomId,
    userId,
    peerId,
    displayName,
    message,
    ...(replyTo === null ? {} : { replyTo }),
    createdAt: isoTime(createdAt),
    version,
    ...(editedAt === null ? {} : { editedAt: isoTime(editedAt) }),
    ...(Object.keys(reactions).length === 0 ? {} : { reactions }),
  };
}

function describeTombstone({ id, roomId, userId, createdAt, deletedAt }: StoredMessage): Tombstone {
  return { id, roomId, userId, createdAt: isoTime(createdAt), deletedAt: isoTime(deletedAt ?? createdAt) };
}
