import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { backUp } from '../../../src/store/sqlite/backup.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { temporaryDatabase, temporaryFolder, temporaryStore } from '../../support/server/database.ts';

function settingsOf(path: string): ReadonlyMap<string, string> {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database
      .prepare<[], { name: string; value: string }>('SELECT name, value FROM settings')
      .all();
    return new Map(rows.map(({ name, value }) => [name, value]));
  } finally {
    database.close();
  }
}

/** Overwrites the middle of a database file, as a broken disk does. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4_096 * 3, 4_096 * 6);
  writeFileSync(path, bytes);
}

describe('backUp', () => {
  it('copies one moment of a database to which others write without a pause', async () => {
    const path = temporaryDatabase();
    const store = temporaryStore(path);
    store.atomically(() => {
      for (let n = 0; n < 5_000; n += 1) store.settings.write(`row ${n}`, 'x'.repeat(1_000));
    });
    const file = join(temporaryFolder(), 'backup.db');
    let isMade = false;
    const backup = backUp(path, file).finally(() => {
      isMade = true;
    });
    let written = 0;
    while (!isMade) {
      // Both or none are in the copy.
      store.atomically(() => {
        written += 1;
        store.settings.write('first', `${written}`);
        store.settings.write('second', `${written}`);
      });
      await turn();
    }
    const { bytes } = await backup;
    expect(written).toBeGreaterThan(1);
    const copied = settingsOf(file);
    expect(copied.get('first')).toBe(copied.get('second'));
    expect(Number(copied.get('first') ?? 0)).toBeLessThan(written);
    expect([statSync(file).mode & 0o777, statSync(file).size]).toEqual([0o600, bytes]);
    expect(readdirSync(dirname(file))).toEqual(['backup.db']);
  });

  it('makes a file that stands alone: it can be read where nothing can be written', async () => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const file = join(temporaryFolder(), 'backup.db');
    await backUp(path, file);
    const copy = new Database(file);
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    copy.close();
  });

  it('replaces what had the name, behind a symbolic link too, and says in the database which was the last', async () => {
    const path = temporaryDatabase();
    const store = temporaryStore(path);
    const folder = temporaryFolder();
    const [file, link] = [join(folder, 'backup.db'), join(folder, 'latest.db')];
    writeFileSync(file, 'what was there before');
    chmodSync(file, 0o644);
    symlinkSync(file, link);
    const made = await backUp(path, link);
    expect(made.file).toBe(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(store.settings.read('backup') ?? '')).toEqual(made);
    expect(settingsOf(file).has('backup')).toBe(false);
  });

  it('leaves out the sessions that a drain saved: they are for the very next process', async () => {
    const path = temporaryDatabase();
    const { sessions } = temporaryStore(path);
    sessions.write(1, 0, ['a session']);
    const file = join(temporaryFolder(), 'backup.db');
    await backUp(path, file);
    expect(temporaryStore(file).sessions.read()).toBeUndefined();
    expect(sessions.read()?.rows).toEqual(['a session']);
  });

  it('gives no backup of a damaged database, and leaves the one that is there', async () => {
    const path = temporaryDatabase();
    const store = temporaryStore(path);
    store.settings.write('state', 'sound');
    const file = join(temporaryFolder(), 'backup.db');
    await backUp(path, file);
    const torn = join(temporaryFolder(), 'torn.db');
    await backUp(path, torn);
    damage(torn);
    await expect(backUp(torn, file)).rejects.toThrow(
      /^There is no new backup .*: the database .*torn\.db is damaged: /,
    );
    expect(settingsOf(file).get('state')).toBe('sound');
    expect(readdirSync(dirname(file))).toEqual(['backup.db']);
  });

  it('refuses a database of another program, and to write over the database itself', async () => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const other = join(temporaryFolder(), 'other.db');
    new Database(other).exec('CREATE TABLE users (id TEXT)').close();
    const file = join(dirname(other), 'backup.db');
    await expect(backUp(other, file)).rejects.toThrow(
      new StartError(`${other} is not a database of Parley.`),
    );
    const alias = join(dirname(other), 'alias.db');
    symlinkSync(path, alias);
    await expect(backUp(path, alias)).rejects.toThrow(`${alias} is the database itself.`);
    expect(readdirSync(dirname(other)).sort()).toEqual(['alias.db', 'other.db']);
  });

  it('copies a database of an older version as it is, without migrating it', async () => {
    const path = temporaryDatabase();
    mkdirSync(dirname(path));
    const old = new Database(path);
    old.exec(readFileSync(join(import.meta.dirname, 'schema-1.sql'), 'utf8'));
    old.close();
    const file = join(temporaryFolder(), 'backup.db');
    await backUp(path, file);
    for (const one of [path, file]) {
      const database = new Database(one);
      expect(database.pragma('user_version', { simple: true })).toBe(1);
      database.close();
    }
  });
});
