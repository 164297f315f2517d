import type { UserId } from '../../domain/ids.ts';
import type {
  ExpiryPlace,
  RoomListPage,
  RoomListPlace,
  RoomListRequest,
  RoomListStore,
  RoomRow,
} from '../contract.ts';
import type { Connection } from './driver.ts';
import { ROOM_COLUMNS, roomOf, type Stored } from './room-rows.ts';

/** Every statement reads an index in its order, so it costs the same in a large table. A test reads the query plans. */
export const ROOM_LIST_SQL = {
  own: `SELECT ${ROOM_COLUMNS} FROM rooms WHERE owner_id = :userId AND (created_at, id) < (:createdAt, :id)
    ORDER BY created_at DESC, id DESC LIMIT :limit`,
  /** Skips the user's own rooms, of which there are at most `ROOMS_PER_OWNER`. */
  ended: `SELECT id, expires_at AS expiresAt FROM rooms
    WHERE end_at_expiry = 1 AND (expires_at, id) > (:expiresAt, :id) AND expires_at <= :until
    ORDER BY expires_at, id LIMIT :max`,
  closed: `SELECT id, expires_at AS expiresAt FROM rooms
    WHERE end_at_expiry = 0 AND expires_at IS NOT NULL AND (expires_at, id) > (:expiresAt, :id) AND expires_at <= :until
    ORDER BY expires_at, id LIMIT :max`,
  listed: `SELECT ${ROOM_COLUMNS} FROM rooms
    WHERE listed = 1 AND owner_id IS NOT :userId AND (created_at, id) < (:createdAt, :id)
    ORDER BY created_at DESC, id DESC LIMIT :limit`,
} as const;

type Parameters = Omit<RoomListPlace, 'part'> & { readonly userId: UserId; readonly limit: number };

/** Before every room. */
const BEGINNING = { createdAt: Number.MAX_SAFE_INTEGER, id: '' } as const;

export function createRoomListStore(database: Connection) {
  const statements = {
    own: database.prepare<[Parameters], Stored<RoomRow>>(ROOM_LIST_SQL.own),
    listed: database.prepare<[Parameters], Stored<RoomRow>>(ROOM_LIST_SQL.listed),
  };

  /** Rooms of one part of the list; one more than `limit` shows whether there are more. */
  function pageOf(
    part: RoomListPlace['part'],
    after: Omit<RoomListPlace, 'part'>,
    { userId, limit }: RoomListRequest,
  ) {
    const { createdAt, id } = after;
    const found = statements[part].all({ userId, createdAt, id, limit: limit + 1 }).map(roomOf);
    const rooms = found.slice(0, limit);
    if (found.length <= limit) return { rooms, next: null };
    const { createdAt: lastCreatedAt, id: lastId } = rooms.at(-1) ?? after;
    return { rooms, next: { part, createdAt: lastCreatedAt, id: lastId } };
  }

  const page = database.transaction((request: RoomListRequest): RoomListPage => {
    const { after, limit } = request;
    if (after?.part === 'listed') return pageOf('listed', after, request);
    const own = pageOf('own', after ?? BEGINNING, request);
    if (own.next !== null) return own;
    const left = limit - own.rooms.length;
    const listed = pageOf('listed', BEGINNING, { ...request, limit: left });
    return { rooms: [...own.rooms, ...listed.rooms], next: listed.next };
  });

  type Until = ExpiryPlace & { readonly until: number; readonly max: number };
  const ended = database.prepare<[Until], ExpiryPlace>(ROOM_LIST_SQL.ended);
  const closed = database.prepare<[Until], ExpiryPlace>(ROOM_LIST_SQL.closed);

  return {
    page,
    ended: (after, until, max): ExpiryPlace[] => ended.all({ ...after, until, max }),
    closed: (after, until, max): ExpiryPlace[] => closed.all({ ...after, until, max }),
  } satisfies RoomListStore;
}
