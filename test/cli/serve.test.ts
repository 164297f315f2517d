import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import { signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { freePort } from '../support/server/process.ts';
import { connectRaw } from '../support/server/ws-client.ts';
import { until } from '../support/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FROM_SOURCE = [process.execPath, '--import', './test/support/typescript.mjs', 'src/main.ts'] as const;

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

describe('parley serve', () => {
  it.each(['stdout', 'stderr'] as const)('outlives the reader of its %s, and still drains', async (name) => {
    const { child, url } = await serve(FROM_SOURCE, { LOG_LEVEL: 'debug' });
    child[name]?.destroy();
    for (let i = 0; i < 3; i++) {
      await fetch(`${url}/auth/guest`, { method: 'POST', body: '[' });
      const ann = connectRaw({ wsUrl: url.replace('http', 'ws'), token: (await signIn(url)).accessToken });
      await ann.welcome;
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exitOf(child)).toEqual({ code: 0, signal: null });
  });

  it('[SE8] drains after a signal that came while it was starting', async () => {
    const path = temporaryDatabase();
    const release = lock(path);
    const child = launch(FROM_SOURCE, { DATABASE_PATH: path });
    const output = collect(child);
    await until(() => hasOpen(child, path));
    child.kill('SIGTERM');
    release();
    expect(await exitOf(child)).toEqual({ code: 0, signal: null });
    expect(output()).toContain('"message":"stopped"');
  });

  it('[SE8] `npm start` passes the signal on, and runs as `parley` does', async () => {
    const path = temporaryDatabase();
    const npm = await serve(['npm', 'start'], { DATABASE_PATH: path });
    const [server = 0] = descendants(npm.child.pid ?? 0).filter((pid) =>
      commandLine(pid).includes('main.js'),
    );
    const asNpm = commandLine(server);
    npm.child.kill('SIGTERM');
    await exitOf(npm.child);
    await until(() => commandLine(server) === '');
    expect(npm.output()).toContain('"message":"stopped"');

    const parley = await serve(['./dist/main.js']);
    expect(commandLine(parley.child.pid ?? 0)).toBe(asNpm);
    expect(asNpm).toContain('--max-semi-space-size');
  });
});

type Command = readonly [program: string, ...args: string[]];

function launch([program, ...args]: Command, environment: Readonly<Record<string, string>>): ChildProcess {
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, {
    cwd: ROOT,
    env: {
      PATH,
      HOME,
      HOST: '127.0.0.1',
      TURN: 'off',
      DATABASE_PATH: temporaryDatabase(),
      ...environment,
    },
  });
  children.add(child);
  return child;
}

/** Resolves once it listens. */
async function serve(command: Command, environment: Readonly<Record<string, string>> = {}) {
  const port = String(await freePort());
  const child = launch(command, { PORT: port, ...environment });
  const output = collect(child);
  await until(() => output().includes('Parley is up'));
  return { child, url: `http://127.0.0.1:${port}`, output };
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk));
  return () => text;
}

async function exitOf(child: ChildProcess) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

/** Holds a database's write lock, as a backup program may. Returns a function that releases it. */
function lock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.exec('BEGIN EXCLUSIVE');
  return () => void database.close();
}

function hasOpen({ pid }: ChildProcess, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`) === path;
    } catch {
      return false;
    }
  });
}

/** A process and its descendants. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.map(Number).flatMap(descendants)];
}

/** '' once the process has ended. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
