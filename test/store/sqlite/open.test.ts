import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { type Connection, Database } from '../../../src/store/sqlite/driver.ts';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/migrations.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const SCHEMA_1 = readFileSync(new URL('./schema-1.sql', import.meta.url), 'utf8');

describe('openStore', () => {
  it('creates the file and its folder, readable by the owner only', () => {
    const path = temporaryDatabase();
    temporaryStore(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  });

  it('gives a new database the version that the migrations lead to, and a write-ahead log', () => {
    const path = temporaryDatabase();
    temporaryStore(path);
    expect(inspect(path, (database) => database.pragma('user_version', { simple: true }))).toBe(
      SCHEMA_VERSION,
    );
    expect(inspect(path, (database) => database.pragma('journal_mode', { simple: true }))).toBe('wal');
  });

  it('keeps what was written across a restart', () => {
    const path = temporaryDatabase();
    const before = openStore(path);
    before.settings.getOrMake('turn-secret', () => 'kept');
    before.close();
    expect(temporaryStore(path).settings.getOrMake('turn-secret', () => 'made anew')).toBe('kept');
  });

  it('migrates an older database to the very same schema, with its rows', () => {
    const [old, fresh] = [temporaryDatabase(), temporaryDatabase()];
    writeDatabase(old, SCHEMA_1, "INSERT INTO settings VALUES ('turn-secret', 'from version 1')");
    expect(temporaryStore(old).settings.getOrMake('turn-secret', () => 'made anew')).toBe('from version 1');
    temporaryStore(fresh);
    expect(inspect(old, schemaOf)).toEqual(inspect(fresh, schemaOf));
    expect(inspect(old, (database) => database.pragma('user_version', { simple: true }))).toBe(
      SCHEMA_VERSION,
    );
  });

  it('leaves an older database unchanged if a migration fails', () => {
    const path = temporaryDatabase();
    writeDatabase(path, SCHEMA_1, 'CREATE TABLE session_snapshot_rows (x)');
    expect(() => openStore(path)).toThrow('table session_snapshot_rows already exists');
    expect(inspect(path, (database) => database.pragma('user_version', { simple: true }))).toBe(1);
    expect(inspect(path, schemaOf)).not.toHaveProperty('session_snapshot');
  });

  it('refuses a database that a newer version wrote', () => {
    const path = temporaryDatabase();
    writeDatabase(path, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    expect(() => openStore(path)).toThrow(StartError);
    expect(() => openStore(path)).toThrow(
      `is of version ${SCHEMA_VERSION + 1}, written by a newer Parley than this one (which knows ${SCHEMA_VERSION})`,
    );
  });

  it("refuses another program's database, and leaves it alone", () => {
    const path = temporaryDatabase();
    writeDatabase(path, 'CREATE TABLE recipes (title)');
    expect(() => openStore(path)).toThrow('belongs to another program');
    expect(Object.keys(inspect(path, schemaOf))).toEqual(['recipes']);
  });

  it('refuses a file that is not a database, and names it', () => {
    const path = temporaryDatabase();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'just some text, long enough to be taken for a header of SQLite '.repeat(20));
    expect(() => openStore(path)).toThrow(
      `The database ${path} can't be opened: file is not a database. Check DATABASE_PATH`,
    );
  });

  it('refuses a path that can not be written to', () => {
    const path = temporaryDatabase();
    temporaryStore(path);
    expect(() => openStore(`${path}/below/a/file.db`)).toThrow(StartError);
  });
});

function writeDatabase(path: string, ...sql: string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  for (const statement of sql) database.exec(statement);
  database.close();
}

function inspect<T>(path: string, look: (database: Connection) => T): T {
  const database = new Database(path, { readonly: true });
  try {
    return look(database);
  } finally {
    database.close();
  }
}

/** Tables with their columns, keys and indexes, independent of how their SQL was written. */
function schemaOf(database: Connection): Record<string, unknown> {
  const tables = database.prepare<[], { name: string; type: string }>(
    "SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return Object.fromEntries(
    tables.all().map((table) => [
      table.name,
      {
        ...table,
        columns: database.pragma(`table_xinfo(${table.name})`),
        references: database.pragma(`foreign_key_list(${table.name})`),
        indexes: database
          .prepare<[string], { name: string }>(
            'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name',
          )
          .all(table.name)
          .map((index) => ({ ...index, columns: database.pragma(`index_xinfo(${index.name})`) })),
        checks: checksOf(database, table.name),
      },
    ]),
  );
}

/** SQLite shows CHECKs only in the table's SQL. */
function checksOf(database: Connection, table: string): string[] {
  const row = database
    .prepare<[string], { sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?')
    .get(table);
  return row?.sql.match(/CHECK \(.*?\)+/g) ?? [];
}
