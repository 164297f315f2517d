import type { Database } from 'better-sqlite3';
import type { Batch } from './batch.ts';

export interface SigningKeyRow {
  /** `kid`. */
  readonly id: string;
  readonly algorithm: string;
  /** Secret: a JWK as JSON. */
  readonly privateJwk: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Since when it no longer signs; null: the key in use. */
  readonly retiredAt: number | null;
}

const COLUMNS = 'id, algorithm, private_jwk AS privateJwk, created_at AS createdAt, retired_at AS retiredAt';

/** The keys that sign access tokens [TK2]. */
export function createKeyStore(database: Database, { durably }: Batch) {
  const insert = database.prepare<[SigningKeyRow]>(
    `INSERT INTO signing_keys (id, algorithm, private_jwk, created_at, retired_at)
     VALUES (:id, :algorithm, :privateJwk, :createdAt, :retiredAt)`,
  );
  const retireAll = database.prepare<[number]>(
    'UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL',
  );
  const current = database.prepare<[], SigningKeyRow>(
    `SELECT ${COLUMNS} FROM signing_keys WHERE retired_at IS NULL`,
  );
  const find = database.prepare<[string], SigningKeyRow>(`SELECT ${COLUMNS} FROM signing_keys WHERE id = ?`);
  const all = database.prepare<[], SigningKeyRow>(`SELECT ${COLUMNS} FROM signing_keys ORDER BY created_at`);
  const replace = database.transaction((key: Omit<SigningKeyRow, 'retiredAt'>) => {
    retireAll.run(key.createdAt);
    insert.run({ ...key, retiredAt: null });
  });
  const ensure = database.transaction((key: Omit<SigningKeyRow, 'retiredAt'>) => {
    if (current.get() === undefined) insert.run({ ...key, retiredAt: null });
  });
  return {
    /** Puts a key in use and retires the one that was. */
    replace: durably(replace),
    /** Puts a key in use if there is none yet: of two processes that start at once, one makes it. */
    ensure: durably(ensure.immediate),
    current: (): SigningKeyRow | undefined => current.get(),
    find: (id: string): SigningKeyRow | undefined => find.get(id),
    /** The oldest first. */
    all: (): SigningKeyRow[] => all.all(),
  };
}
