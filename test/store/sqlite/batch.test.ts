import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { createBatch, DELAYED_WRITES } from '../../../src/store/sqlite/batch.ts';
import { type Connection, Database } from '../../../src/store/sqlite/driver.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryFolder } from '../../support/server/database.ts';

describe('writes within one turn of the event loop', () => {
  it('are visible at once here, and to other connections when the turn ends', async () => {
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

  it('are committed before a write that must be committed when it returns', () => {
    const { batch, insert, elsewhere } = stage();
    const insertNow = batch.now(insert);
    batch.soon(() => insert(1));
    insertNow(2);
    expect(elsewhere()).toBe(2);
  });

  it('do not take each other along: if one throws, the others are stored', async () => {
    const { batch, insert, elsewhere } = stage();
    batch.soon(() => insert(1));
    expect(() => batch.soon(() => insert(1))).toThrow('UNIQUE');
    batch.soon(() => insert(2));
    await turn();
    expect(elsewhere()).toBe(2);
  });

  it('are committed when the store closes', () => {
    const { batch, insert, elsewhere } = stage();
    batch.soon(() => insert(1));
    batch.flush();
    batch.flush();
    expect(elsewhere()).toBe(1);
  });

  it('are logged if they are lost, and the next ones are stored', async () => {
    const { batch, insert, database, here, lines } = stage();
    batch.soon(() => {
      insert(1);
      // Fails at the commit, as a full disk does.
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

describe('while another program holds the lock', () => {
  it('a write that may be delayed neither waits nor throws, and is stored when the lock is free', async () => {
    const { batch, insert, here, elsewhere, lock, clock, lines } = stage();
    const release = lock();
    batch.soon(() => insert(1));
    batch.soon(() => insert(2));
    expect(here()).toBe(0);
    clock.advance(10_000);
    expect(
      lines.filter((line) => line.includes("can't be written to")),
      'told once',
    ).toHaveLength(1);
    release();
    clock.advance(1_000);
    await turn();
    expect(elsewhere()).toBe(2);
    expect(clock.pending).toBe(0);
    expect(lines.at(-1)).toContain('the database can be written to again');
  });

  it('a write that must be committed is refused as `unavailable`, and the next one is stored', () => {
    const { batch, insert, elsewhere, lock } = stage();
    const insertNow = batch.now(insert);
    const insertDurably = batch.durably(insert);
    const release = lock();
    for (const write of [insertNow, insertDurably, insertNow]) {
      expect(() => write(1)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    }
    release();
    insertNow(1);
    insertDurably(2);
    expect(elsewhere()).toBe(2);
  });

  it('writes keep their order: delayed ones come first', () => {
    const { batch, database, insert, lock } = stage();
    const release = lock();
    batch.soon(() => insert(1));
    release();
    batch.now(() => void database.exec('UPDATE numbers SET id = 10 * id'))();
    expect(database.prepare<[], number>('SELECT id FROM numbers').pluck().all()).toEqual([10]);
  });

  it('writes are delayed up to a bound: beyond it the oldest is lost, and logged', () => {
    const { batch, insert, here, lock, lines } = stage();
    const release = lock();
    for (let id = 0; id <= DELAYED_WRITES; id++) batch.soon(() => insert(id));
    expect(lines.join()).toContain(`more than ${DELAYED_WRITES} writes wait`);
    release();
    batch.close();
    expect(here()).toBe(DELAYED_WRITES);
  });

  it('a delayed write is stored at the close, if the lock is free by then', () => {
    const { batch, insert, elsewhere, lock, clock } = stage();
    const release = lock();
    batch.soon(() => insert(1));
    release();
    batch.close();
    expect([elsewhere(), clock.pending]).toEqual([1, 0]);
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A database in a temporary file, opened by two connections. */
function stage() {
  const path = join(temporaryFolder(), 'batch.db');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('foreign_keys = ON');
  database.exec(`CREATE TABLE numbers (id INTEGER PRIMARY KEY);
    CREATE TABLE child (id INTEGER REFERENCES numbers (id) DEFERRABLE INITIALLY DEFERRED)`);
  const other = new Database(path, { readonly: true });
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = createLog({ level: 'info', now: () => 0, write: (line) => void lines.push(line) });
  const add = database.prepare<[number]>('INSERT INTO numbers (id) VALUES (?)');
  const count = (from: Connection): number =>
    from.prepare<[], number>('SELECT count(*) FROM numbers').pluck().get() ?? -1;
  return {
    database,
    clock,
    batch: createBatch(database, clock, log),
    insert: (id: number): void => void add.run(id),
    here: () => count(database),
    elsewhere: () => count(other),
    lines,
    /** Locks the database as a backup program does. Returns a function that releases the lock. */
    lock(): () => void {
      const holder = new Database(path);
      holder.exec('BEGIN IMMEDIATE');
      return () => void holder.close();
    },
  };
}

describe('several writes at once', () => {
  it('are all stored, whatever kind they are of', () => {
    const { batch, insert, elsewhere } = stage();
    const [now, durably] = [batch.now(insert), batch.durably(insert)];
    batch.atomically(() => {
      now(1);
      durably(2);
      batch.soon(() => insert(3));
      batch.atomically(() => now(4));
      expect(elsewhere(), 'until all of them are').toBe(0);
    }, true);
    expect(elsewhere()).toBe(4);
  });

  it('are all taken back if one throws, and what was written before stays', async () => {
    const { batch, insert, elsewhere, here } = stage();
    const now = batch.now(insert);
    batch.soon(() => insert(1));
    const work = () => {
      now(2);
      batch.soon(() => insert(3));
      throw new RangeError('enough');
    };
    expect(() => batch.atomically(work)).toThrow('enough');
    expect([here(), elsewhere()]).toEqual([1, 1]);
    now(4);
    batch.soon(() => insert(5));
    await turn();
    expect(elsewhere(), 'as always afterwards').toBe(3);
  });
});
