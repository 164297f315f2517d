import type { RoomId, UserId } from '../../domain/ids.ts';
import type { Connection, Statement } from './driver.ts';

/**
 * Every statement finds its rows by an index, and changes `:max` of them at most: nothing goes along with them, since
 * reactions go before their messages and people before their calls.
 */
export const REMAINS_SQL = {
  reactions: `DELETE FROM message_reactions WHERE (room_id, message_id, emoji, user_id) IN
    (SELECT room_id, message_id, emoji, user_id FROM message_reactions
     WHERE room_id = :roomId AND message_id <= :upTo LIMIT :max)`,
  messages: `DELETE FROM messages WHERE room_id = :roomId AND id IN
    (SELECT id FROM messages WHERE room_id = :roomId AND id <= :upTo ORDER BY id LIMIT :max)`,
  people: `DELETE FROM call_participants WHERE (call_id, user_id) IN
    (SELECT call_id, user_id FROM calls JOIN call_participants ON call_id = calls.id
     WHERE room_id = :roomId LIMIT :max)`,
  calls: 'DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE room_id = :roomId LIMIT :max)',
  disown: `UPDATE messages SET user_id = NULL, peer_id = NULL, display_name = NULL WHERE (room_id, id) IN
    (SELECT room_id, id FROM messages WHERE user_id = :userId LIMIT :max)`,
  release: `UPDATE messages SET user_id = NULL WHERE (room_id, id) IN
    (SELECT room_id, id FROM messages WHERE user_id = :userId LIMIT :max)`,
  reactionsOfUser: `DELETE FROM message_reactions WHERE (room_id, message_id, emoji, user_id) IN
    (SELECT room_id, message_id, emoji, user_id FROM message_reactions WHERE user_id = :userId LIMIT :max)`,
  callsOfUser: `DELETE FROM call_participants WHERE (call_id, user_id) IN
    (SELECT call_id, user_id FROM call_participants WHERE user_id = :userId LIMIT :max)`,
} as const;

/** Above every message id. */
export const END = '~';

/**
 * Removes what a room or a user would take along, in slices: one statement for all of it would stall every call. Each
 * function returns the number of changed rows: `max` if more may be left. Call them in a transaction.
 */
export function createRemains(database: Connection) {
  type OfRoom = { roomId: RoomId; upTo: string; max: number };
  type OfUser = { userId: UserId; max: number };
  const reactions = database.prepare<[OfRoom]>(REMAINS_SQL.reactions);
  const messages = database.prepare<[OfRoom]>(REMAINS_SQL.messages);
  const people = database.prepare<[OfRoom]>(REMAINS_SQL.people);
  const calls = database.prepare<[OfRoom]>(REMAINS_SQL.calls);
  const disown = database.prepare<[OfUser]>(REMAINS_SQL.disown);
  const release = database.prepare<[OfUser]>(REMAINS_SQL.release);
  const reactionsOfUser = database.prepare<[OfUser]>(REMAINS_SQL.reactionsOfUser);
  const callsOfUser = database.prepare<[OfUser]>(REMAINS_SQL.callsOfUser);

  return {
    /** Messages of a room up to one, with their reactions. */
    ofChat: (roomId: RoomId, upTo: string, max: number): number =>
      inTurn([reactions, messages], { roomId, upTo }, max),
    /** Messages and calls of a room that is about to go. */
    ofRoom: (roomId: RoomId, max: number): number =>
      inTurn([reactions, messages, people, calls], { roomId, upTo: END }, max),
    /** What a user did in any room. Its messages stay; nobody has said them any more. */
    ofUser: (userId: UserId, max: number): number =>
      inTurn([disown, reactionsOfUser, callsOfUser], { userId }, max),
    /** The same for a guest that has expired: its messages keep its name. */
    ofGuest: (userId: UserId, max: number): number =>
      inTurn([release, reactionsOfUser, callsOfUser], { userId }, max),
  };
}

/** Each statement gets what the ones before it have left of `max`. */
function inTurn<Values>(
  statements: readonly Statement<[Values & { max: number }]>[],
  values: Values,
  max: number,
): number {
  let left = max;
  for (const statement of statements) {
    if (left > 0) left -= statement.run({ ...values, max: left }).changes;
  }
  return max - left;
}
