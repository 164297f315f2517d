import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/lib/log.ts';
import { createBatch } from '../../src/store/batch.ts';
import { temporaryFolder } from '../support/database.ts';

describe('writes of one turn of the event loop', () => {
  it('are seen at once here, and elsewhere when the turn ends', async () => {
    const { batch, insert, here, elsewhere } = stage();
    batch.soon(() => insert(1));
    batch.soon(() => insert(2));
    expect([here(), elsewhere()]).toEqual([2, 0]);
    await turn();
    expect(elsewhere()).toBe(2);
    batch.soon(() => insert(3));
    await turn();
    expect(elsewhere(), 'of the next turn too').toBe(3);
  });

  it('are kept before a write that must be kept when it returns', () => {
    const { batch, insert, elsewhere } = stage();
    const insertNow = batch.now(insert);
    batch.soon(() => insert(1));
    insertNow(2);
    expect(elsewhere()).toBe(2);
  });

  it('are kept one by one: what one of them throws takes no other along', async () => {
    const { batch, insert, elsewhere } = stage();
    batch.soon(() => insert(1));
    expect(() => batch.soon(() => insert(1))).toThrow('UNIQUE');
    batch.soon(() => insert(2));
    await turn();
    expect(elsewhere()).toBe(2);
  });

  it('are kept when the store closes', () => {
    const { batch, insert, elsewhere } = stage();
    batch.soon(() => insert(1));
    batch.flush();
    batch.flush();
    expect(elsewhere()).toBe(1);
  });

  it('are told to the log where they were lost, and the next are kept', async () => {
    const { batch, insert, database, here, lines } = stage();
    batch.soon(() => {
      insert(1);
      // Breaks at the commit, as a full disk does.
      database.exec('INSERT INTO child (id) VALUES (7)');
    });
    await turn();
    expect(here()).toBe(0);
    expect(lines.join()).toMatch(/"writes to the database were lost".*FOREIGN KEY/);
    batch.soon(() => insert(2));
    await turn();
    expect([here(), database.inTransaction]).toEqual([1, false]);
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A database in a temporary file that two connections have open. */
function stage() {
  const path = join(temporaryFolder(), 'batch.db');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('foreign_keys = ON');
  database.exec(`CREATE TABLE numbers (id INTEGER PRIMARY KEY);
    CREATE TABLE child (id INTEGER REFERENCES numbers (id) DEFERRABLE INITIALLY DEFERRED)`);
  const other = new Database(path, { readonly: true });
  const lines: string[] = [];
  const log = createLog({ level: 'error', now: () => 0, write: (line) => void lines.push(line) });
  const add = database.prepare<[number]>('INSERT INTO numbers (id) VALUES (?)');
  const count = (from: Database.Database): number =>
    from.prepare<[], number>('SELECT count(*) FROM numbers').pluck().get() ?? -1;
  return {
    database,
    batch: createBatch(database, log),
    insert: (id: number): void => void add.run(id),
    here: () => count(database),
    elsewhere: () => count(other),
    lines,
  };
}
