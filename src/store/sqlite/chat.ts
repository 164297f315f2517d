import type { RoomId } from '../../domain/ids.ts';
import type { Reactions } from '../../protocol/chat-events.ts';
import type { ChatBatch, ChatResult, ChatStore, MessageRange, StoredMessage } from '../contract.ts';
import type { Batch } from './batch.ts';
import { CLEARED, createChatWrites } from './chat-writes.ts';
import type { Connection } from './driver.ts';
import { createRemains, END } from './remains.ts';

const COLUMNS = `room_id AS roomId, id, user_id AS userId, peer_id AS peerId, display_name AS displayName, message,
  reply_to AS replyTo, root_id AS rootId, created_at AS createdAt, version, edited_at AS editedAt,
  deleted_at AS deletedAt`;

/** Every statement reads as many rows as it returns. A test reads the query plans. */
export const CHAT_SQL = {
  oldest: `SELECT ${COLUMNS} FROM messages
    WHERE room_id = :roomId AND id > max(:above, ${CLEARED}) AND id < :below ORDER BY id LIMIT :limit`,
  newest: `SELECT ${COLUMNS} FROM messages
    WHERE room_id = :roomId AND id > max(:above, ${CLEARED}) AND id < :below ORDER BY id DESC LIMIT :limit`,
  /** A row per message and emoji, so that a page of messages with 500 reactions each isn't 50,000 rows. */
  reactions: `SELECT message_id AS id, emoji, json_group_array(user_id) AS userIds FROM message_reactions
    WHERE room_id = :roomId AND message_id BETWEEN :first AND :last
    GROUP BY message_id, emoji`,
} as const;

const IDS_UNTIL = 'message-ids-until';

type Row = Omit<StoredMessage, 'reactions'>;

export function createChatStore(database: Connection, { now, durably }: Batch) {
  const oldest = database.prepare<[Required<Omit<MessageRange, 'from'>> & { roomId: RoomId }], Row>(
    CHAT_SQL.oldest,
  );
  const newest = database.prepare<[Required<Omit<MessageRange, 'from'>> & { roomId: RoomId }], Row>(
    CHAT_SQL.newest,
  );
  const reactions = database.prepare<
    [{ roomId: RoomId; first: string; last: string }],
    { id: string; emoji: string; userIds: string }
  >(CHAT_SQL.reactions);
  const cleared = database.prepare<[], { roomId: RoomId; upTo: string }>(
    'SELECT room_id AS roomId, up_to AS upTo FROM cleared_chats LIMIT 1',
  );
  const swept = database.prepare<[{ roomId: RoomId }]>('DELETE FROM cleared_chats WHERE room_id = :roomId');
  const remains = createRemains(database);
  const mark = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
  const setMark = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );

  function withReactions(rows: readonly Row[]): StoredMessage[] {
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return [];
    const found = new Map<string, Reactions>();
    for (const { id, emoji, userIds } of reactions.all({
      roomId: first.roomId,
      first: first.id,
      last: last.id,
    })) {
      const ofMessage = found.get(id) ?? {};
      found.set(id, ofMessage);
      ofMessage[emoji] = JSON.parse(userIds);
    }
    return rows.map((row) => ({ ...row, reactions: found.get(row.id) ?? {} }));
  }

  function list(roomId: RoomId, { above, below = END, from, limit }: MessageRange): StoredMessage[] {
    const range = { roomId, above, below, limit };
    return withReactions(from === 'oldest' ? oldest.all(range) : newest.all(range).reverse());
  }

  const write = createChatWrites(database, withReactions);
  const writeAll = database.transaction(({ writes, idsUntil }: ChatBatch): ChatResult[] => {
    if (idsUntil !== undefined) setMark.run(IDS_UNTIL, String(idsUntil));
    return writes.map(write);
  });
  const sweepCleared = database.transaction((max: number): number => {
    let left = max;
    for (let next = cleared.get(); next !== undefined && left > 0; next = cleared.get()) {
      left -= remains.ofChat(next.roomId, next.upTo, left);
      if (left > 0) swept.run(next);
    }
    return max - left;
  });
  const soonOnDisk = now(writeAll.immediate);
  const onDisk = durably(writeAll.immediate);

  return {
    write: (batch: ChatBatch): ChatResult[] => (batch.durable ? onDisk : soonOnDisk)(batch),
    list,
    idsUntil: (): number => Number(mark.get(IDS_UNTIL) ?? 0),
    sweepCleared: now(sweepCleared.immediate),
  } satisfies ChatStore;
}
