import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { until } from '../until.ts';
import { BUILT } from './built.ts';

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of `parley`, with this on its standard input. */
export async function parley(
  argv: readonly string[],
  databasePath: string,
  input = '',
  environment: Environment = {},
): Promise<Ended> {
  const child = launch(process.execPath, [BUILT, ...argv], databasePath, environment);
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin?.end(input);
  const [code] = await once(child, 'close');
  return { code, out: out(), err: err() };
}

/** Runs a command on a terminal, and types each line once something was asked. @returns what the terminal shows */
export async function onTerminal(
  argv: readonly string[],
  databasePath: string,
  lines: readonly string[],
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const command = [process.execPath, BUILT, ...argv].join(' ');
  const child = launch('script', ['--quiet', '--return', '--command', command, '/dev/null'], databasePath);
  const shown = textOf(child.stdout);
  const closed = once(child, 'close');
  for (const [index, line] of lines.entries()) {
    await until(() => shown().split(': ').length > index + 1);
    child.stdin?.write(`${line}\r`);
  }
  const [code] = await closed;
  return { code, shown: shown() };
}

/** Runs a server until it is up. */
export async function serve(databasePath: string, environment: Environment = {}) {
  const child = launch(process.execPath, [BUILT], databasePath, environment);
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  await until(() => err().includes('Parley is up'));
  return {
    /** What it has printed so far. */
    output: () => out() + err(),
    /** Ends it, and waits until all it has printed is there. */
    async stop(): Promise<void> {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function launch(
  program: string,
  argv: readonly string[],
  databasePath: string,
  environment: Environment = {},
): ChildProcess {
  const { PATH, HOME } = process.env;
  const child = spawn(program, argv, {
    env: {
      PATH,
      HOME,
      HOST: '127.0.0.1',
      TURN: 'off',
      DATABASE_PATH: databasePath,
      ...environment,
    },
  });
  children.add(child);
  return child;
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}
