import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp } from '../../../src/store/sqlite/backup.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/migrations.ts';
import { lockDatabase } from '../../../src/store/sqlite/only-process.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { restore } from '../../../src/store/sqlite/restore.ts';
import { temporaryDatabase, temporaryFolder, temporaryStore } from '../../support/server/database.ts';

/** A backup whose setting `state` says this. */
async function backupThatSays(state: string): Promise<string> {
  const path = temporaryDatabase();
  const store = temporaryStore(path);
  store.settings.write('state', state);
  const file = join(temporaryFolder(), 'backup.db');
  await backUp(path, file);
  return file;
}

/** Opens it as a server does. */
function stateOf(path: string): string | undefined {
  const store = openStore(path);
  try {
    return store.settings.read('state');
  } finally {
    store.close();
  }
}

/** A database as a crash leaves it: what it says is still in its log, alone there if `isAlone`. */
function crashed(state: string, isAlone = false): string {
  const live = temporaryDatabase();
  const store = temporaryStore(live);
  if (isAlone) {
    store.settings.write('state', 'earlier');
    const other = new Database(live);
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.close();
  }
  store.settings.write('state', state);
  const path = temporaryDatabase();
  mkdirSync(dirname(path));
  for (const side of ['', '-wal', '-shm']) cpSync(`${live}${side}`, `${path}${side}`);
  return path;
}

describe('restore', () => {
  it('works where there is no database, and not even its folder', async () => {
    const path = join(temporaryFolder(), 'new', 'folder', 'parley.db');
    const { keptAs, bytes } = await restore(await backupThatSays('backed up'), path);
    expect([keptAs, bytes]).toEqual([undefined, statSync(path).size]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path)).filter((name) => !name.includes('-lock'))).toEqual(['parley.db']);
    expect(stateOf(path)).toBe('backed up');
  });

  it('keeps the database that was there, with what was in its log', async () => {
    const path = crashed('of today');
    const { keptAs = '' } = await restore(await backupThatSays('backed up'), path);
    expect(keptAs).toMatch(/parley\.db\.before-restore-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
    expect([stateOf(path), stateOf(keptAs)]).toEqual(['backed up', 'of today']);
  });

  it('takes the place of a database that is damaged, and keeps that and its log', async () => {
    const path = crashed('damaged', true);
    // The log has some pages only: it can't repair the file.
    const log = readFileSync(`${path}-wal`);
    writeFileSync(path, 'no database at all'.repeat(10_000));
    const { keptAs = '' } = await restore(await backupThatSays('backed up'), path);
    expect(stateOf(path)).toBe('backed up');
    expect(readFileSync(keptAs, 'utf8')).toBe('no database at all'.repeat(10_000));
    expect(readFileSync(`${keptAs}-wal`).equals(log)).toBe(true);
  });

  it('is not led astray by the log of a database that somebody removed', async () => {
    const path = crashed('removed');
    const log = readFileSync(`${path}-wal`);
    const other = temporaryDatabase();
    mkdirSync(dirname(other));
    writeFileSync(`${other}-wal`, log);
    await restore(await backupThatSays('backed up'), other);
    expect(stateOf(other)).toBe('backed up');
  });

  it('resumes no sessions that were saved before the backup', async () => {
    const path = temporaryDatabase();
    temporaryStore(path).sessions.write(1, 0, ['a session']);
    // Not by `parley backup`: somebody copied the file of a server that had stopped.
    const copy = join(temporaryFolder(), 'copied-by-hand.db');
    const database = new Database(path);
    await database.backup(copy);
    database.close();
    const other = temporaryDatabase();
    await restore(copy, other);
    expect(temporaryStore(other).sessions.read()).toBeUndefined();
  });

  it('changes nothing while a server runs, or another program has the database open', async () => {
    const file = await backupThatSays('backed up');
    const path = temporaryDatabase();
    const store = openStore(path);
    store.settings.write('state', 'in use');
    const unlock = lockDatabase(path);
    await expect(restore(file, path)).rejects.toThrow(/^Another Parley is running on the database/);
    unlock();
    await expect(restore(file, path)).rejects.toThrow(
      /^Nothing was restored: another program has the database .* open/,
    );
    expect(store.settings.read('state')).toBe('in use');
    store.close();
    expect(readdirSync(dirname(path)).filter((name) => /before|^\./.test(name))).toEqual([]);
    await restore(file, path);
    expect(stateOf(path)).toBe('backed up');
  });

  it.each([
    [
      'of a newer version',
      (file: string) => void new Database(file).exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`).close(),
      /is of version \d+, written by a newer Parley than this one/,
    ],
    [
      'of another program',
      (file: string) => void new Database(file).exec('DROP TABLE room_bans; DROP TABLE signing_keys').close(),
      /is not a database of Parley\.$/,
    ],
    ['that is no database', (file: string) => writeFileSync(file, 'text'), /is damaged, or no database: /],
    ['that is empty', (file: string) => writeFileSync(file, ''), /is not a database of Parley\.$/],
    [
      'that is damaged',
      (file: string) => writeFileSync(file, readFileSync(file).fill(0xff, 4_096 * 3, 4_096 * 6)),
      /is damaged, or no database: /,
    ],
    [
      'that is cut off',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 40_000)),
      /is damaged, or no database: /,
    ],
  ])('refuses a backup %s, and changes nothing', async (_what, spoil, message) => {
    const file = await backupThatSays('spoilt');
    spoil(file);
    const path = temporaryDatabase();
    const store = openStore(path);
    store.settings.write('state', 'as before');
    store.close();
    await expect(restore(file, path)).rejects.toThrow(message);
    expect(stateOf(path)).toBe('as before');
    expect(readdirSync(dirname(path)).filter((name) => /before|^\./.test(name))).toEqual([]);
  });

  it('refuses the database itself as its own backup', async () => {
    const path = temporaryDatabase();
    openStore(path).close();
    await expect(restore(path, path)).rejects.toThrow(`${path} is the database itself.`);
  });
});
