import type { RoomId } from '../../domain/ids.ts';
import { MESSAGE_REACTIONS } from '../../protocol/limits.ts';
import type { ChatRefusal, ChatResult, ChatWrite, NewMessage, StoredMessage } from '../contract.ts';
import type { Connection } from './driver.ts';

/**
 * Messages of a room: beyond `max` the oldest go, so that at least `kept` stay [CH4]. Few at a time: each may take 500
 * reactions along, in the write of somebody's message.
 */
export const ROOM_MESSAGES = { max: 10_000, kept: 9_990 } as const;

/** Up to which message the room was cleared; '' for never. What is left of those is nobody's to read. */
export const CLEARED = "coalesce((SELECT up_to FROM cleared_chats WHERE room_id = :roomId), '')";

type Row = Omit<StoredMessage, 'reactions'>;
type Kind = ChatWrite['kind'];
type Of<K extends Kind> = Extract<ChatWrite, { readonly kind: K }>;

export const CHAT_WRITE_SQL = {
  find: `SELECT room_id AS roomId, id, user_id AS userId, peer_id AS peerId, display_name AS displayName, message,
      reply_to AS replyTo, root_id AS rootId, created_at AS createdAt, version, edited_at AS editedAt,
      deleted_at AS deletedAt
    FROM messages WHERE room_id = :roomId AND id = :id AND id > ${CLEARED}`,
  /** Room and user may be gone by now. */
  say: `INSERT INTO messages (room_id, id, number, user_id, peer_id, display_name, message, reply_to, root_id, created_at)
    SELECT :roomId, :id,
      1 + coalesce((SELECT number FROM messages WHERE room_id = :roomId ORDER BY id DESC LIMIT 1), 0),
      :userId, :peerId, :displayName, :message, :replyTo, :rootId, :createdAt
    WHERE EXISTS (SELECT 1 FROM rooms WHERE id = :roomId) AND EXISTS (SELECT 1 FROM users WHERE id = :userId)
    RETURNING number`,
  oldestNumber: 'SELECT number FROM messages WHERE room_id = ? ORDER BY id LIMIT 1',
  trim: `DELETE FROM messages WHERE room_id = :roomId AND id IN
    (SELECT id FROM messages WHERE room_id = :roomId ORDER BY id LIMIT :surplus)`,
  edit: `UPDATE messages SET message = :message, edited_at = :at, version = version + 1
    WHERE room_id = :roomId AND id = :id`,
  bury: `UPDATE messages SET message = NULL, peer_id = NULL, display_name = NULL, reply_to = NULL, deleted_at = :at
    WHERE room_id = :roomId AND id = :id`,
  dropReactions: 'DELETE FROM message_reactions WHERE room_id = ? AND message_id = ?',
  react: `INSERT INTO message_reactions (room_id, message_id, emoji, user_id)
    SELECT :roomId, :id, :emoji, :userId WHERE EXISTS (SELECT 1 FROM users WHERE id = :userId)
    ON CONFLICT DO NOTHING`,
  unreact: `DELETE FROM message_reactions
    WHERE room_id = :roomId AND message_id = :id AND emoji = :emoji AND user_id = :userId`,
  clear: `INSERT INTO cleared_chats (room_id, up_to) VALUES (:roomId, :upTo)
    ON CONFLICT (room_id) DO UPDATE SET up_to = excluded.up_to`,
  lastId: `SELECT id FROM messages WHERE room_id = :roomId AND id > ${CLEARED} ORDER BY id DESC LIMIT 1`,
} as const;

/** Returns a function that makes one change. Call it in a transaction. */
export function createChatWrites(
  database: Connection,
  withReactions: (rows: readonly Row[]) => StoredMessage[],
): (write: ChatWrite) => ChatResult {
  const find = database.prepare<[{ roomId: string; id: string }], Row>(CHAT_WRITE_SQL.find);
  const insert = database
    .prepare<[NewMessage & { rootId: string | null }], number>(CHAT_WRITE_SQL.say)
    .pluck();
  const oldestNumber = database.prepare<[string], number>(CHAT_WRITE_SQL.oldestNumber).pluck();
  const trim = database.prepare<[{ roomId: RoomId; surplus: number }]>(CHAT_WRITE_SQL.trim);
  const update = database.prepare<[{ roomId: RoomId; id: string; message: string; at: number }]>(
    CHAT_WRITE_SQL.edit,
  );
  const bury = database.prepare<[{ roomId: RoomId; id: string; at: number }]>(CHAT_WRITE_SQL.bury);
  const dropReactions = database.prepare<[string, string]>(CHAT_WRITE_SQL.dropReactions);
  const addReaction = database.prepare<[Reaction]>(CHAT_WRITE_SQL.react);
  const removeReaction = database.prepare<[Reaction]>(CHAT_WRITE_SQL.unreact);
  const markCleared = database.prepare<[{ roomId: RoomId; upTo: string }]>(CHAT_WRITE_SQL.clear);
  const lastId = database.prepare<[{ roomId: RoomId }], string>(CHAT_WRITE_SQL.lastId).pluck();

  /** Returns a message that is there, not deleted, and may be read by whoever reads what is above an id. */
  function findReadable(roomId: string, id: string, above: string): Row | undefined {
    const row = find.get({ roomId, id });
    if (row === undefined || row.message === null) return undefined;
    return (row.rootId ?? row.id) > above ? row : undefined;
  }

  function stored(row: Row, changed = true): ChatResult {
    return { message: withReactions([row])[0] ?? { ...row, reactions: {} }, changed };
  }

  function say({ row, above }: Of<'say'>): ChatResult {
    const { roomId, replyTo } = row;
    const target = replyTo === null ? undefined : findReadable(roomId, replyTo, above);
    if (replyTo !== null && target === undefined) return refused('not_found');
    const rootId = target === undefined ? null : (target.rootId ?? target.id);
    const number = insert.get({ ...row, rootId });
    if (number === undefined) return refused('room_not_found');
    keepNewest(roomId, number);
    const unchanged = { version: 1, editedAt: null, deletedAt: null, reactions: {} };
    return { message: { ...row, rootId, ...unchanged }, changed: true };
  }

  /** Numbers have no gaps, so the oldest and the newest tell how many there are. */
  function keepNewest(roomId: RoomId, number: number): void {
    if (number <= ROOM_MESSAGES.max) return;
    const count = number - (oldestNumber.get(roomId) ?? number) + 1;
    if (count > ROOM_MESSAGES.max) trim.run({ roomId, surplus: count - ROOM_MESSAGES.kept });
  }

  function edit({ roomId, id, above, userId, message, at, since }: Of<'edit'>): ChatResult {
    const row = findReadable(roomId, id, above);
    if (row === undefined) return refused('not_found');
    if (row.userId !== userId) return refused('not_author');
    if (row.createdAt < since) return refused('too_old');
    update.run({ roomId, id, message, at });
    return stored({ ...row, message, editedAt: at, version: row.version + 1 });
  }

  function remove({ roomId, id, above, userId, at }: Of<'delete'>): ChatResult {
    const row = findReadable(roomId, id, above);
    if (row === undefined) return refused('not_found');
    if (userId !== null && row.userId !== userId) return refused('not_author');
    bury.run({ roomId, id, at });
    dropReactions.run(roomId, id);
    return stored({ ...row, message: null, deletedAt: at });
  }

  function react({ roomId, id, above, userId, emoji, on }: Of<'react'>): ChatResult {
    const row = findReadable(roomId, id, above);
    if (row === undefined) return refused('not_found');
    const reaction = { roomId, id, userId, emoji };
    if (!on) return stored(row, removeReaction.run(reaction).changes > 0);
    const reactions = withReactions([row])[0]?.reactions ?? {};
    if (reactions[emoji]?.includes(userId)) return stored(row, false);
    const kinds = Object.keys(reactions).length + (reactions[emoji] === undefined ? 1 : 0);
    const all = Object.values(reactions).flat().length + 1;
    if (kinds > MESSAGE_REACTIONS.kinds || all > MESSAGE_REACTIONS.all) return refused('too_many_reactions');
    return stored(row, addReaction.run(reaction).changes > 0);
  }

  /** The rows go later, in slices: 10,000 at once would stall every call. */
  function clear({ roomId }: Of<'clear'>): ChatResult {
    const upTo = lastId.get({ roomId }) ?? null;
    if (upTo !== null) markCleared.run({ roomId, upTo });
    return { upTo };
  }

  return (write) => {
    switch (write.kind) {
      case 'say':
        return say(write);
      case 'edit':
        return edit(write);
      case 'delete':
        return remove(write);
      case 'react':
        return react(write);
      case 'clear':
        return clear(write);
    }
  };
}

interface Reaction {
  readonly roomId: RoomId;
  readonly id: string;
  readonly emoji: string;
  readonly userId: string;
}

function refused(refusal: ChatRefusal): ChatResult {
  return { refusal };
}
