import type { Database } from 'better-sqlite3';
import type { Batch } from './batch.ts';

/** Live sessions as a drain left them [SE8]. What a row says is `signaling`'s own matter. */
export interface SessionSnapshot {
  /** Of the rows' form; another than the reader's own means that they can't be read. */
  readonly schemaVersion: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly rows: readonly string[];
}

export function createSessionStore(database: Database, { now }: Batch) {
  const clear = [
    database.prepare('DELETE FROM session_snapshot'),
    database.prepare('DELETE FROM session_snapshot_rows'),
  ];
  const insertHead = database.prepare<[number, number]>(
    'INSERT INTO session_snapshot (id, schema_version, saved_at) VALUES (1, ?, ?)',
  );
  // SQLite numbers positions upwards by itself.
  const insertRow = database.prepare<[string]>('INSERT INTO session_snapshot_rows (content) VALUES (?)');
  const head = database.prepare<[], Omit<SessionSnapshot, 'rows'>>(
    'SELECT schema_version AS schemaVersion, saved_at AS savedAt FROM session_snapshot',
  );
  const rows = database.prepare<[], { content: string }>(
    'SELECT content FROM session_snapshot_rows ORDER BY position',
  );
  const write = database.transaction(
    (schemaVersion: number, savedAt: number, content: readonly string[]): void => {
      for (const statement of clear) statement.run();
      insertHead.run(schemaVersion, savedAt);
      for (const row of content) insertRow.run(row);
    },
  );
  const append = database.transaction((content: readonly string[]): void => {
    for (const row of content) insertRow.run(row);
  });
  const take = database.transaction((): SessionSnapshot | undefined => {
    const found = head.get();
    if (found === undefined) return undefined;
    const snapshot = { ...found, rows: rows.all().map(({ content }) => content) };
    for (const statement of clear) statement.run();
    return snapshot;
  });
  return {
    /** In one transaction, in place of any snapshot before it. */
    write: now(write),
    /** Adds more to it, in a transaction of its own: what was written before stays if this fails. */
    append: now(append),
    /** Read and gone, in one transaction: no second process can take the same sessions up. */
    take: now(take.immediate),
  };
}
