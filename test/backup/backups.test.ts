import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Backups, type CopyDatabase } from '../../src/backup/backups.ts';
import { BackupFolder } from '../../src/backup/folder.ts';
import { createLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { until } from '../support/until.ts';

const START = Date.parse('2026-11-28T09:00:00Z');
const HOUR = 3_600_000;

interface Stage {
  readonly folder?: string;
  readonly everyMs?: number | undefined;
  readonly keep?: number;
  readonly start?: number;
  /** Default: writes the file at once. */
  readonly copy?: CopyDatabase;
}

function stage({
  folder = join(temporaryFolder(), 'backups'),
  keep = 3,
  start = START,
  ...over
}: Stage = {}) {
  const clock = new FakeClock(start);
  const logged: string[] = [];
  const log = createLog({ level: 'info', now: () => 0, write: (line) => void logged.push(line) });
  let stored: string | undefined;
  let copies = 0;
  const write: CopyDatabase = async (_path, file) => {
    writeFileSync(file, 'a copy');
    stored = JSON.stringify({ at: clock.now(), file, bytes: 6 });
  };
  const backups = new Backups({
    databasePath: '/data/parley.db',
    folder: new BackupFolder(folder),
    everyMs: 'everyMs' in over ? over.everyMs : HOUR,
    keep,
    copy: (...given) => {
      copies += 1;
      return (over.copy ?? write)(...given);
    },
    settings: { read: () => stored },
    clock,
    log,
  });
  /** Moves the clock on, and waits until what is due by then has been made. */
  async function pass(ms: number, expected: number): Promise<void> {
    clock.advance(ms);
    await until(() => copies >= expected);
    // What follows the copy runs in the same turn or the next.
    await new Promise((resolve) => setImmediate(resolve));
    expect(copies).toBe(expected);
  }
  const files = () => readdirSync(folder).sort();
  return { backups, clock, logged, folder, files, pass, copies: () => copies };
}

const nameAt = (time: string) => `parley-2026-11-28T${time}Z.db`;

describe('backups that a server makes by itself', () => {
  it('begin soon after the first start, and then come as often as BACKUP_EVERY says', async () => {
    const { backups, pass, files } = stage();
    expect(backups.status()).toEqual({
      lastAt: null,
      file: null,
      bytes: null,
      nextAt: START + 10_000,
      lastError: null,
    });
    await pass(9_000, 0);
    await pass(1_000, 1);
    expect(backups.status()).toMatchObject({
      lastAt: START + 10_000,
      bytes: 6,
      nextAt: START + 10_000 + HOUR,
    });
    await pass(HOUR - 1_000, 1);
    await pass(1_000, 2);
    expect(files()).toEqual([nameAt('09-00-10.000'), nameAt('10-00-10.000')]);
  });

  it('are not made anew by each of many restarts, and soon after a start that came too late', async () => {
    const folder = join(temporaryFolder(), 'backups');
    const first = stage({ folder });
    await first.pass(10_000, 1);
    await first.backups.close();
    const again = stage({ folder, start: START + 60_000 });
    expect(again.backups.status().nextAt).toBe(START + 10_000 + HOUR);
    await again.pass(HOUR - 60_000, 0);
    await again.backups.close();
    const late = stage({ folder, start: START + 48 * HOUR });
    expect(late.backups.status().nextAt).toBe(START + 48 * HOUR + 10_000);
    await late.pass(10_000, 1);
  });

  it('come in time although the clock of the machine was set back', async () => {
    const { backups, clock, pass } = stage();
    await pass(10_000, 1);
    clock.jump(-72 * HOUR);
    await pass(HOUR + 1_000, 2);
    expect(backups.status().lastError).toBeNull();
  });

  it('stay as many as BACKUP_KEEP says, the newest; other files stay', async () => {
    const folder = join(temporaryFolder(), 'backups');
    mkdirSync(folder);
    for (const name of [
      'parley-2025-01-01T00-00-00.000Z.db',
      'parley-0.db',
      'other.db',
      'parley-notes.txt',
    ]) {
      writeFileSync(join(folder, name), '');
    }
    const { pass, files } = stage({ folder, keep: 2 });
    await pass(10_000, 1);
    expect(files()).toEqual([
      'other.db',
      'parley-2025-01-01T00-00-00.000Z.db',
      nameAt('09-00-10.000'),
      'parley-notes.txt',
    ]);
    await pass(HOUR, 2);
    await pass(HOUR, 3);
    expect(files()).toEqual(['other.db', nameAt('10-00-10.000'), nameAt('11-00-10.000'), 'parley-notes.txt']);
  });

  it('remove what a killed process left unfinished, and nothing else that begins with a dot', async () => {
    const folder = join(temporaryFolder(), 'backups');
    mkdirSync(folder);
    const mine = process.ppid;
    const left = ['.parley-a.db.4194305', '.parley-a.db.4194305-journal'];
    const others = [`.parley-b.db.${mine}`, '.profile', '.other.db.4194305'];
    for (const name of [...left, ...others]) writeFileSync(join(folder, name), '');
    const { pass, files } = stage({ folder });
    await pass(10_000, 1);
    expect(files()).toEqual([...others, nameAt('09-00-10.000')].sort());
  });

  it('are tried again within five minutes if one failed, which is logged with its cause', async () => {
    let isFull = true;
    const { backups, pass, logged, files } = stage({
      copy: async (_path, file) => {
        if (isFull) throw new Error('There is no new backup: the disk is full.');
        writeFileSync(file, 'a copy');
      },
    });
    await pass(10_000, 1);
    expect(backups.status()).toMatchObject({
      lastAt: null,
      nextAt: START + 310_000,
      lastError: 'There is no new backup: the disk is full.',
    });
    expect(logged.join('')).toContain(
      '"message":"a backup failed","error":"There is no new backup: the disk is full."',
    );
    isFull = false;
    await pass(300_000, 2);
    expect(backups.status().lastError).toBeNull();
    expect(files()).toEqual([nameAt('09-05-10.000')]);
  });

  it('fail with a cause if the folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const { backups, clock } = stage({ folder: join(file, 'backups') });
    clock.advance(10_000);
    await until(() => backups.status().lastError !== null);
    expect(backups.status().lastError).toMatch(/ENOTDIR/);
  });
});

describe('a backup that is asked for', () => {
  it('is made without BACKUP_EVERY too', async () => {
    const { backups, clock, pass, files } = stage({ everyMs: undefined });
    await pass(10 * HOUR, 0);
    expect(await backups.make()).toMatchObject({ lastAt: clock.now(), nextAt: null, bytes: 6 });
    expect(files()).toEqual([nameAt('19-00-00.000')]);
  });

  it('is the one that is being made: there are never two at once', async () => {
    let finish = (): void => {};
    const { backups, clock, copies } = stage({
      copy: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    });
    clock.advance(10_000);
    const asked = [backups.make(), backups.make()];
    clock.advance(10 * HOUR);
    expect(copies()).toBe(1);
    finish();
    await Promise.all(asked);
    expect(copies()).toBe(1);
  });

  it('is refused with the cause if it fails', async () => {
    const { backups } = stage({ copy: () => Promise.reject(new Error('the disk is full')) });
    await expect(backups.make()).rejects.toMatchObject({ code: 'unavailable', message: 'the disk is full' });
  });
});

describe('the end of the server', () => {
  it('stops a backup that is being made, without a word of failure, and no other begins', async () => {
    const { backups, clock, logged, copies } = stage({
      copy: (_path, _file, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    clock.advance(10_000);
    await backups.close();
    expect([clock.pending, copies(), logged]).toEqual([0, 1, []]);
    await expect(backups.make()).rejects.toMatchObject({ code: 'unavailable' });
    expect(copies()).toBe(1);
  });
});
