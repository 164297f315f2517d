import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlock } from '../support/documents.ts';
import { parley, serve } from '../support/server/command-line.ts';
import { temporaryDatabase, temporaryFolder, temporaryStore } from '../support/server/database.ts';
import { run } from '../support/server/process.ts';
import { until } from '../support/until.ts';

describe('parley backup and parley restore', () => {
  it('take a running server to another folder, and ask nothing', async () => {
    const path = temporaryDatabase();
    const server = await serve(path, { PORT: '0' });
    const file = join(temporaryFolder(), 'of-today.db');
    const backup = await parley(['backup', file], path);
    expect(backup).toMatchObject({ code: 0, err: '' });
    expect(backup.out).toMatch(
      /of-today\.db is a whole copy of the database: \d+ kB, checked\.\nKeep it secret/,
    );
    expect(backup.out).toContain('the keys that sign tokens');
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const refused = await parley(['restore', file], path);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('Another Parley is running on the database');
    await server.stop();

    const elsewhere = join(temporaryFolder(), 'new', 'parley.db');
    const restored = await parley(['restore', file], elsewhere);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toContain(`${elsewhere} is now as ${file}`);
    expect(temporaryStore(elsewhere).keys.all()).toEqual(temporaryStore(path).keys.all());
  });

  it('do what src/backup/README.md shows', async () => {
    const path = temporaryDatabase();
    temporaryStore(path).settings.write('kept', 'since the backup');
    for (const [action, code] of [
      ['backup', 0],
      ['restore', 1],
    ] as const) {
      const command = codeBlock('src/backup/README.md', 'sh', action).trim();
      const [, , ...argv] = command.split(' ');
      expect(command).toBe(`node dist/main.js ${action} parley-backup.db`);
      const file = join(dirname(path), argv.at(-1) ?? '');
      // This process has the database open, so nothing may take its place.
      expect((await parley([action, file], path)).code).toBe(code);
    }
  });

  it.each([
    [['backup'], 1, 'Which file?'],
    [['restore'], 1, 'Which file?'],
    [['backup', 'a.db', 'b.db'], 2, 'parley knows no command "backup a.db b.db"'],
    [['restore', '--force', 'a.db'], 2, "Unknown option '--force'"],
    [['backup', '/tmp'], 1, '/tmp is not a file'],
    [['backup', '/no/such/folder/a.db'], 1, 'There is no folder /no/such/folder for the backup'],
    [['restore', '/no/such.db'], 1, 'There is no backup /no/such.db'],
  ])('refuses %j', async (argv, code, message) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const ended = await parley(argv, path);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(message);
  });

  it('leaves the backup that is there if the disk is full, and says so', async () => {
    const path = temporaryDatabase();
    const store = temporaryStore(path);
    store.settings.write('large', 'x'.repeat(2_000_000));
    const folder = temporaryFolder();
    const { code, output } = await run('unshare', [
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      `mount -t tmpfs -o size=1m tmpfs ${folder} && echo old > ${folder}/a.db || exit 9
      DATABASE_PATH=${path} ${process.execPath} --import ./test/support/typescript.mjs src/main.ts backup ${folder}/a.db
      echo "code $?, $(ls -A ${folder}): $(cat ${folder}/a.db)"`,
    ]);
    expect(output).toBe(
      `There is no new backup ${folder}/a.db: the disk is full. Free some space in ${folder}, or name another folder.\n` +
        'code 1, a.db: old\n',
    );
    expect(code).toBe(0);
  });

  it('says so if there is no database', async () => {
    const ended = await parley(['backup', 'a.db'], '/no/such/parley.db');
    expect(ended).toMatchObject({
      code: 1,
      err: 'There is no database /no/such/parley.db. Set DATABASE_PATH as for the server.\n',
    });
  });
});

describe('a server with BACKUP_EVERY', () => {
  it('makes backups by itself in a process of its own, and keeps BACKUP_KEEP of them', async () => {
    const path = temporaryDatabase();
    const folder = join(dirname(path), 'backups');
    mkdirSync(folder, { recursive: true });
    // What a killed process left, and what is none of ours.
    writeFileSync(join(folder, '.parley-2026-11-28T09-30-00.000Z.db.4194305'), '');
    writeFileSync(join(folder, 'notes'), '');
    const server = await serve(path, { PORT: '0', BACKUP_EVERY: '1s', BACKUP_KEEP: '2' });
    const made = () =>
      [...server.output().matchAll(/"message":"a backup was made","file":"([^"]+)"/g)].map(
        ([, file = '']) => file,
      );
    const backups = () => readdirSync(folder).filter((name) => /^parley-.*\.db$/.test(name));
    await until(() => made().length > 2 && backups().length === 2);
    await server.stop();
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(folder)).toContain('notes');
    const newest = made().at(-1) ?? '';
    expect(temporaryStore(newest).keys.all()).toEqual(temporaryStore(path).keys.all());
  });
});
