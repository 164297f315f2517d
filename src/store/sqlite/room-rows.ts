import type { RoomChange, RoomRow } from '../contract.ts';

/** SQLite has no booleans. */
type Flag =
  | 'locked'
  | 'persistent'
  | 'listed'
  | 'waitingRoom'
  | 'relayOnly'
  | 'endAtExpiry'
  | 'hasBans'
  | 'hasRights';
/** A row as SQLite returns and takes it. */
export type Stored<Row> = Omit<Row, Flag> & { readonly [name in Flag & keyof Row]: 0 | 1 };

/** Of a `Stored<RoomRow>`. */
export const ROOM_COLUMNS = `id, name, owner_id AS ownerId, max, password_hash AS passwordHash, locked, persistent, listed,
  waiting_room AS waitingRoom, chat, relay_only AS relayOnly, not_before AS notBefore, expires_at AS expiresAt,
  end_at_expiry AS endAtExpiry, empty_seconds AS emptySeconds, metadata, created_at AS createdAt,
  EXISTS (SELECT 1 FROM room_bans WHERE room_id = rooms.id) AS hasBans,
  EXISTS (SELECT 1 FROM room_rights WHERE room_id = rooms.id) AS hasRights,
  (SELECT id FROM messages WHERE room_id = rooms.id
     AND messages.id > coalesce((SELECT up_to FROM cleared_chats WHERE room_id = rooms.id), '')
   ORDER BY messages.id DESC LIMIT 1) AS lastMessageId`;

export function roomOf(row: Stored<RoomRow>): RoomRow {
  return {
    ...row,
    locked: row.locked === 1,
    persistent: row.persistent === 1,
    listed: row.listed === 1,
    waitingRoom: row.waitingRoom === 1,
    relayOnly: row.relayOnly === 1,
    endAtExpiry: row.endAtExpiry === 1,
    hasBans: row.hasBans === 1,
    hasRights: row.hasRights === 1,
  };
}

export function storedRoom(room: RoomRow): Stored<RoomRow> {
  return {
    ...room,
    locked: bit(room.locked),
    persistent: bit(room.persistent),
    listed: bit(room.listed),
    waitingRoom: bit(room.waitingRoom),
    relayOnly: bit(room.relayOnly),
    endAtExpiry: bit(room.endAtExpiry),
    hasBans: bit(room.hasBans),
    hasRights: bit(room.hasRights),
  };
}

function bit(flag: boolean): 0 | 1 {
  return flag ? 1 : 0;
}

export function changedRoom(room: RoomRow, change: RoomChange): RoomRow {
  return {
    ...room,
    name: or(change.name, room.name),
    max: or(change.max, room.max),
    passwordHash: or(change.passwordHash, room.passwordHash),
    locked: or(change.locked, room.locked),
    persistent: or(change.persistent, room.persistent),
    listed: or(change.listed, room.listed),
    waitingRoom: or(change.waitingRoom, room.waitingRoom),
    chat: or(change.chat, room.chat),
    relayOnly: or(change.relayOnly, room.relayOnly),
    notBefore: or(change.notBefore, room.notBefore),
    expiresAt: or(change.expiresAt, room.expiresAt),
    endAtExpiry: or(change.endAtExpiry, room.endAtExpiry),
    emptySeconds: or(change.emptySeconds, room.emptySeconds),
    metadata: or(change.metadata, room.metadata),
  };
}

/** `??` would take null for undefined. */
function or<Value>(value: Value | undefined, otherwise: Value): Value {
  return value === undefined ? otherwise : value;
}

const FIELDS = [
  'name',
  'max',
  'passwordHash',
  'locked',
  'persistent',
  'listed',
  'waitingRoom',
  'chat',
  'relayOnly',
  'notBefore',
  'expiresAt',
  'endAtExpiry',
  'emptySeconds',
  'metadata',
] as const satisfies readonly (keyof RoomChange)[];

export function isSameRoom(one: RoomRow, other: RoomRow): boolean {
  return FIELDS.every((name) => one[name] === other[name]);
}
