import type { RoomId } from '../../domain/ids.ts';
import type {
  InvitationBounds,
  InvitationOutcome,
  InvitationUse,
  NewRoomInvitation,
  RoomInvitationRow,
  RoomInvitationStore,
} from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';
import { RIGHTS_SQL, sendOf } from './room-rights.ts';

/** Every statement finds its rows by an index. A test reads the query plans. */
export const INVITATION_SQL = {
  insert: `INSERT INTO room_invitations (id, room_id, hash, host, send, skip_knock, uses, created_at, expires_at)
    VALUES (:id, :roomId, :hash, :host, :send, :skipKnock, :uses, :createdAt, :expiresAt)`,
  removeExpired: 'DELETE FROM room_invitations WHERE room_id = ? AND expires_at <= ?',
  count: `SELECT count(*) AS kept, count(*) FILTER (WHERE uses IS NULL OR used < uses) AS living
    FROM room_invitations WHERE room_id = ?`,
  removeUsedUp: `DELETE FROM room_invitations WHERE id = (
    SELECT id FROM room_invitations WHERE room_id = ? AND used >= uses ORDER BY created_at, rowid LIMIT 1)`,
  list: `SELECT id, host, send, skip_knock AS skipKnock, uses, used, created_at AS createdAt, expires_at AS expiresAt
    FROM room_invitations WHERE room_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at, rowid`,
  remove: 'DELETE FROM room_invitations WHERE id = ? AND room_id = ?',
  find: `SELECT id, uses, used FROM room_invitations
    WHERE hash = :hash AND room_id = :roomId AND (expires_at IS NULL OR expires_at > :now)`,
  wasUsedBy: 'SELECT 1 FROM room_invitation_uses WHERE invitation_id = ? AND user_id = ?',
  noteUse: `INSERT INTO room_invitation_uses (invitation_id, user_id)
    SELECT :id, id FROM users WHERE id = :userId`,
  countUse: 'UPDATE room_invitations SET used = used + 1 WHERE id = ?',
  give: `INSERT INTO room_rights (room_id, user_id, host, send, skip_knock, invited)
    SELECT room_id, :userId, iif(host, 1, NULL), send, skip_knock, 1 FROM room_invitations WHERE id = :id
    ON CONFLICT DO UPDATE SET host = coalesce(excluded.host, host), send = coalesce(excluded.send, send),
      skip_knock = max(excluded.skip_knock, skip_knock), invited = 1`,
} as const;

type Stored<Row extends RoomInvitationRow | NewRoomInvitation> = Omit<Row, 'host' | 'send' | 'skipKnock'> & {
  readonly host: 0 | 1;
  readonly send: string | null;
  readonly skipKnock: 0 | 1;
};
type Counts = { readonly kept: number; readonly living: number };
type Found = Pick<RoomInvitationRow, 'id' | 'uses' | 'used'>;

export function createRoomInvitationStore(database: Connection, { durably }: Batch) {
  const add = database.prepare<[Stored<NewRoomInvitation>]>(INVITATION_SQL.insert);
  const removeExpired = database.prepare<[string, number]>(INVITATION_SQL.removeExpired);
  const count = database.prepare<[string], Counts>(INVITATION_SQL.count);
  const removeUsedUp = database.prepare<[string]>(INVITATION_SQL.removeUsedUp);
  const list = database.prepare<[string, number], Stored<RoomInvitationRow>>(INVITATION_SQL.list);
  const remove = database.prepare<[string, string]>(INVITATION_SQL.remove);
  const find = database.prepare<[InvitationUse], Found>(INVITATION_SQL.find);
  const wasUsedBy = database.prepare<[string, string], 1>(INVITATION_SQL.wasUsedBy).pluck();
  const noteUse = database.prepare<[{ id: string; userId: string }]>(INVITATION_SQL.noteUse);
  const countUse = database.prepare<[string]>(INVITATION_SQL.countUse);
  const give = database.prepare<[{ id: string; userId: string }]>(INVITATION_SQL.give);
  const countRights = database.prepare<[string, string], number>(RIGHTS_SQL.count).pluck();

  const insert = database.transaction((invitation: NewRoomInvitation, bounds: InvitationBounds): boolean => {
    const { roomId, host, send, skipKnock } = invitation;
    removeExpired.run(roomId, invitation.createdAt);
    const { kept, living } = count.get(roomId) ?? { kept: 0, living: 0 };
    if (living >= bounds.living) return false;
    if (kept >= bounds.kept) removeUsedUp.run(roomId);
    add.run({
      ...invitation,
      host: host ? 1 : 0,
      send: send === null ? null : JSON.stringify(send),
      skipKnock: skipKnock ? 1 : 0,
    });
    return true;
  });

  const use = database.transaction((attempt: InvitationUse, max: number): InvitationOutcome => {
    const { roomId, userId } = attempt;
    const found = find.get(attempt);
    if (found === undefined) return 'refused';
    const { id, uses, used } = found;
    if (wasUsedBy.get(id, userId) !== undefined) return 'used_before';
    if (uses !== null && used >= uses) return 'refused';
    if ((countRights.get(roomId, userId) ?? 0) >= max) return 'full';
    if (noteUse.run({ id, userId }).changes === 0) return 'refused';
    countUse.run(id);
    give.run({ id, userId });
    return 'used';
  });

  return {
    insert: durably(insert.immediate),
    list: (roomId: RoomId, now: number): RoomInvitationRow[] =>
      list.all(roomId, now).map((row) => ({
        ...row,
        host: row.host === 1,
        send: sendOf(row),
        skipKnock: row.skipKnock === 1,
      })),
    remove: durably((roomId: RoomId, id: string): boolean => remove.run(id, roomId).changes === 1),
    use: durably(use.immediate),
  } satisfies RoomInvitationStore;
}
