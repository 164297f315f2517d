import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, Database } from '../../../src/store/sqlite/driver.ts';
import { migrate } from '../../../src/store/sqlite/migrate.ts';
import { temporaryFolder } from '../../support/server/database.ts';

const databases: Connection[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

const FIRST = `
  PRAGMA user_version = 1;
  CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
  INSERT INTO parents VALUES (1, 'Ann');
  INSERT INTO children VALUES (1);
`;
/** How SQLite changes what ALTER TABLE can't: sqlite.org/lang_altertable.html, section 7. */
const REBUILD = `
  CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  INSERT INTO new_parents SELECT * FROM parents;
  DROP TABLE parents;
  ALTER TABLE new_parents RENAME TO parents;
`;
const ORPHANS = 'DELETE FROM parents';

function open(path = join(temporaryFolder(), 'parley.db')) {
  const database = new Database(path);
  databases.push(database);
  database.pragma('foreign_keys = ON');
  return { database, path };
}

function count(database: Connection, table: string): unknown {
  return database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
}

describe('a migration', () => {
  it('may recreate a table without losing the rows that refer to it', () => {
    const { database, path } = open();
    database.exec(FIRST);
    migrate(database, path, [REBUILD]);
    expect([count(database, 'parents'), count(database, 'children')]).toEqual([1, 1]);
    expect(database.pragma('user_version', { simple: true })).toBe(2);
    expect(() => database.exec('INSERT INTO children VALUES (7)'), 'foreign keys are on again').toThrow(
      'FOREIGN KEY',
    );
  });

  it('is undone if it leaves rows that refer to nothing', () => {
    const { database, path } = open();
    database.exec(FIRST);
    expect(() => migrate(database, path, [ORPHANS])).toThrow('rows of children that refer to nothing');
    expect(count(database, 'parents')).toBe(1);
    expect(database.pragma('user_version', { simple: true })).toBe(1);
  });

  it('comes after a copy of the whole database, which only its owner can read', () => {
    const { database, path } = open();
    database.pragma('journal_mode = WAL');
    database.exec(FIRST);
    migrate(database, path, [REBUILD]);
    const copy = open(`${path}.v1`).database;
    expect(copy.pragma('user_version', { simple: true })).toBe(1);
    expect([count(copy, 'parents'), count(copy, 'children')]).toEqual([1, 1]);
    expect(statSync(`${path}.v1`).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.v1.partial`)).toBe(false);
  });

  it('does not start if no copy can be made', () => {
    const { database, path } = open();
    database.exec(FIRST);
    expect(() => migrate(database, join(dirname(path), 'nowhere', 'parley.db'), [REBUILD])).toThrow(
      'Free some space for the copy',
    );
    expect(database.pragma('user_version', { simple: true })).toBe(1);
  });

  it('copies nothing if the database is up to date', () => {
    const { database, path } = open();
    database.exec(FIRST);
    migrate(database, path, []);
    expect(existsSync(`${path}.v1`)).toBe(false);
  });
});
