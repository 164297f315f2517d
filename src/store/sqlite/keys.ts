import type { KeyStore, NewSigningKey, SigningKeyRow } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

const COLUMNS = 'id, algorithm, private_jwk AS privateJwk, created_at AS createdAt, retired_at AS retiredAt';

export function createKeyStore(database: Connection, { durably }: Batch) {
  const insert = database.prepare<[SigningKeyRow]>(
    `INSERT INTO signing_keys (id, algorithm, private_jwk, created_at, retired_at)
     VALUES (:id, :algorithm, :privateJwk, :createdAt, :retiredAt)`,
  );
  const retireAll = database.prepare<[number]>(
    'UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL',
  );
  const removeRetired = database.prepare<[number]>('DELETE FROM signing_keys WHERE retired_at <= ?');
  const current = database.prepare<[], SigningKeyRow>(
    `SELECT ${COLUMNS} FROM signing_keys WHERE retired_at IS NULL`,
  );
  const find = database.prepare<[string], SigningKeyRow>(`SELECT ${COLUMNS} FROM signing_keys WHERE id = ?`);
  const all = database.prepare<[], SigningKeyRow>(`SELECT ${COLUMNS} FROM signing_keys ORDER BY created_at`);
  const replace = database.transaction((key: NewSigningKey) => {
    retireAll.run(key.createdAt);
    insert.run({ ...key, retiredAt: null });
  });
  const ensure = database.transaction((key: NewSigningKey) => {
    if (current.get() === undefined) insert.run({ ...key, retiredAt: null });
  });
  return {
    replace: durably(replace.immediate),
    removeRetired: durably((until: number) => void removeRetired.run(until)),
    ensure: durably(ensure.immediate),
    current: (): SigningKeyRow | undefined => current.get(),
    find: (id: string): SigningKeyRow | undefined => find.get(id),
    all: (): SigningKeyRow[] => all.all(),
  } satisfies KeyStore;
}
