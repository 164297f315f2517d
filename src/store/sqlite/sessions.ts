import type { SessionSnapshot, SessionStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export function createSessionStore(database: Connection, { now }: Batch) {
  const deletions = [
    database.prepare('DELETE FROM session_snapshot'),
    database.prepare('DELETE FROM session_snapshot_rows'),
  ];
  const clear = database.transaction((): void => {
    for (const statement of deletions) statement.run();
  });
  const insertHead = database.prepare<[number, number]>(
    'INSERT INTO session_snapshot (id, schema_version, saved_at) VALUES (1, ?, ?)',
  );
  // SQLite itself numbers the positions, upwards.
  const insertRow = database.prepare<[string]>('INSERT INTO session_snapshot_rows (content) VALUES (?)');
  const head = database.prepare<[], Omit<SessionSnapshot, 'rows'>>(
    'SELECT schema_version AS schemaVersion, saved_at AS savedAt FROM session_snapshot',
  );
  const rows = database.prepare<[], { content: string }>(
    'SELECT content FROM session_snapshot_rows ORDER BY position',
  );
  const write = database.transaction(
    (schemaVersion: number, savedAt: number, content: readonly string[]): void => {
      clear();
      insertHead.run(schemaVersion, savedAt);
      for (const row of content) insertRow.run(row);
    },
  );
  const append = database.transaction((content: readonly string[]): void => {
    for (const row of content) insertRow.run(row);
  });
  const read = database.transaction((): SessionSnapshot | undefined => {
    const found = head.get();
    return found && { ...found, rows: rows.all().map(({ content }) => content) };
  });
  return {
    write: now(write),
    append: now(append),
    read,
    clear: now(clear),
  } satisfies SessionStore;
}
