import type { NewRegistrationInvite, RegistrationInviteRow, RegistrationInviteStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

const COLUMNS = 'id, uses, used, created_at AS createdAt, expires_at AS expiresAt';

/** Invitations to register. There are few, so these statements may read all of them. */
export function createRegistrationInviteStore(database: Connection, { durably }: Batch) {
  const add = database.prepare<[NewRegistrationInvite]>(
    `INSERT INTO registration_invites (id, hash, uses, created_at, expires_at)
     VALUES (:id, :hash, :uses, :createdAt, :expiresAt)`,
  );
  const count = database.prepare<[], number>('SELECT count(*) FROM registration_invites').pluck();
  const removeUseless = database.prepare<[number]>(
    'DELETE FROM registration_invites WHERE used >= uses OR expires_at <= ?',
  );
  const list = database.prepare<[number], RegistrationInviteRow>(
    `SELECT ${COLUMNS} FROM registration_invites WHERE expires_at IS NULL OR expires_at > ?
     ORDER BY created_at, rowid`,
  );
  const remove = database.prepare<[string]>('DELETE FROM registration_invites WHERE id = ?');

  const insert = database.transaction((invite: NewRegistrationInvite, max: number): boolean => {
    // Used-up ones stay as long as there is room, so that an admin sees that they were used.
    if ((count.get() ?? 0) >= max && removeUseless.run(invite.createdAt).changes === 0) return false;
    add.run(invite);
    return true;
  });
  return {
    insert: durably(insert.immediate),
    list: (now: number): RegistrationInviteRow[] => list.all(now),
    remove: durably((id: string): boolean => remove.run(id).changes === 1),
  } satisfies RegistrationInviteStore;
}
