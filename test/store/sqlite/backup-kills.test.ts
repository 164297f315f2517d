import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp } from '../../../src/store/sqlite/backup.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { temporaryFolder } from '../../support/server/database.ts';
import { preload } from '../../support/server/preload.ts';

const MAIN = resolve(import.meta.dirname, '../../../dist/main.js');
/** Of a stage, `scene` is copied for each run. */
const [DATABASE, BACKUP] = ['data/parley.db', 'backups/of-old.db'];

/**
 * A database that says `new`, with a part of it still in its log as after a crash, and a backup of when it said `old`.
 * @param kilobytes of other rows
 */
async function setUp(kilobytes: number): Promise<string> {
  const folder = temporaryFolder();
  const [scene, live] = [join(folder, 'scene'), join(folder, 'live')];
  for (const name of [live, join(scene, 'data'), join(scene, 'backups')])
    mkdirSync(name, { recursive: true });
  const path = join(live, 'parley.db');
  const store = openStore(path);
  store.atomically(() => {
    for (let n = 0; n < kilobytes; n += 1) store.settings.write(`row ${n}`, 'x'.repeat(1_000));
  });
  store.settings.write('state', 'old');
  await backUp(path, join(scene, BACKUP));
  store.settings.write('state', 'new');
  for (const side of ['', '-wal']) cpSync(`${path}${side}`, `${join(scene, DATABASE)}${side}`);
  store.close();
  return folder;
}

/** What a file says, which must be a whole database. */
function stateOf(path: string): unknown {
  const database = new Database(path, { fileMustExist: true });
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    return database.prepare("SELECT value FROM settings WHERE name = 'state'").pluck().get();
  } finally {
    database.close();
  }
}

interface Killed {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
}

/** Runs a command on a fresh copy of the scene. @param killAfterMs sends it SIGKILL then */
async function play(
  folder: string,
  command: 'backup' | 'restore',
  environment: Readonly<Record<string, string>>,
  killAfterMs?: number,
): Promise<Killed & { readonly stage: string }> {
  const stage = join(folder, 'stage');
  rmSync(stage, { recursive: true, force: true });
  cpSync(join(folder, 'scene'), stage, { recursive: true });
  return { stage, ...(await runOn(stage, command, environment, killAfterMs)) };
}

async function runOn(
  stage: string,
  command: 'backup' | 'restore',
  environment: Readonly<Record<string, string>> = {},
  killAfterMs?: number,
): Promise<Killed> {
  const child = spawn(process.execPath, [MAIN, command, join(stage, BACKUP)], {
    env: { ...process.env, DATABASE_PATH: join(stage, DATABASE), ...environment },
    stdio: 'ignore',
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  return { code, signal };
}

/** Both files are whole, each as it was or as it was to become. @returns what they say */
function check(stage: string, command: 'backup' | 'restore'): string {
  const [database, backup] = [stateOf(join(stage, DATABASE)), stateOf(join(stage, BACKUP))];
  if (command === 'backup')
    expect([database, ['old', 'new'].includes(String(backup))]).toEqual(['new', true]);
  else expect([backup, ['old', 'new'].includes(String(database))]).toEqual(['old', true]);
  return `${database} ${backup}`;
}

/** The next run removes what the killed one left. */
async function checkNextRun(stage: string, command: 'backup' | 'restore'): Promise<void> {
  expect((await runOn(stage, command)).code).toBe(0);
  const left = [...readdirSync(join(stage, 'data')), ...readdirSync(join(stage, 'backups'))];
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
}

describe.each(['backup', 'restore'] as const)('parley %s', (command) => {
  it('leaves the old or the new file whole, before whichever change of a file it is killed', async () => {
    const folder = await setUp(0);
    const steps = join(folder, 'steps');
    const killer = { LD_PRELOAD: await preload('kill-at'), KILL_IN: join(folder, 'stage') };
    const whole = await play(folder, command, { ...killer, KILL_STEPS: steps });
    expect(whole.code).toBe(0);
    const count = readFileSync(steps).length;
    expect(count).toBeGreaterThan(10);
    const outcomes = new Set<string>();
    for (let step = 1; step <= count; step += 1) {
      const { signal, stage } = await play(folder, command, { ...killer, KILL_AT: String(step) });
      expect([step, signal]).toEqual([step, 'SIGKILL']);
      outcomes.add(check(stage, command));
      if (step % 8 === 0) await checkNextRun(stage, command);
    }
    // It was killed on both sides of the one moment that counts.
    expect(outcomes).toEqual(new Set(command === 'backup' ? ['new old', 'new new'] : ['new old', 'old old']));
  });

  it('leaves the old or the new file whole when it is killed at any time', async () => {
    const folder = await setUp(5_000);
    const seed = Date.now() % 100_000;
    const began = performance.now();
    expect((await play(folder, command, {})).code).toBe(0);
    const ms = performance.now() - began;
    for (let round = 0; round < 5; round += 1) {
      const after = (((seed * 7_919 + round * 104_729) % 1_000) / 1_000) * ms;
      const { stage } = await play(folder, command, {}, after);
      const where = `seed ${seed}, round ${round}, killed after ${after} ms`;
      expect(check(stage, command), where).toMatch(/^(old|new) (old|new)$/);
    }
  });
});
