import type { RoomId, UserId } from '../../domain/ids.ts';
import type { RightsChange } from '../../domain/room-rights.ts';
import type { SendKind } from '../../protocol/room-fields.ts';
import type { RoomRightsStore, StoredRights } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export const RIGHTS_SQL = {
  find: `SELECT host, send, skip_knock AS skipKnock, invited FROM room_rights WHERE room_id = ? AND user_id = ?`,
  count: 'SELECT count(*) FROM room_rights WHERE room_id = ? AND user_id <> ?',
  change: `INSERT INTO room_rights (room_id, user_id, host, send)
    SELECT :roomId, id, :host, :send FROM users
    WHERE id = :userId AND EXISTS (SELECT 1 FROM rooms WHERE id = :roomId)
    ON CONFLICT DO UPDATE SET host = coalesce(excluded.host, host), send = coalesce(excluded.send, send)`,
} as const;

interface Row {
  readonly host: 0 | 1 | null;
  readonly send: string | null;
  readonly skipKnock: 0 | 1;
  readonly invited: 0 | 1;
}

export function createRoomRightsStore(database: Connection, { durably }: Batch) {
  const find = database.prepare<[string, string], Row>(RIGHTS_SQL.find);
  const count = database.prepare<[string, string], number>(RIGHTS_SQL.count).pluck();
  const write = database.prepare<
    [{ roomId: string; userId: string; host: 0 | 1 | null; send: string | null }]
  >(RIGHTS_SQL.change);
  const change = database.transaction(
    (roomId: RoomId, userId: UserId, { host, send }: RightsChange, max: number): boolean => {
      if ((count.get(roomId, userId) ?? 0) >= max) return false;
      const bit = host === undefined ? null : host ? 1 : 0;
      write.run({ roomId, userId, host: bit, send: send === undefined ? null : JSON.stringify(send) });
      return true;
    },
  );
  return {
    find(roomId: RoomId, userId: UserId): StoredRights | undefined {
      const row = find.get(roomId, userId);
      if (row === undefined) return undefined;
      return {
        host: row.host === null ? null : row.host === 1,
        send: sendOf(row),
        skipKnock: row.skipKnock === 1,
        invited: row.invited === 1,
      };
    },
    change: durably(change.immediate),
  } satisfies RoomRightsStore;
}

/** Returns the kinds that a row says. */
export function sendOf({ send }: { readonly send: string | null }): readonly SendKind[] | null {
  return send === null ? null : JSON.parse(send);
}
