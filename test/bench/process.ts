import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from '../support/server/process.ts';
import type { Subject } from './subjects.ts';

/** Server and client have a core each. */
const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from the start of the process until it accepted a connection. */
  readonly startMs: number;
  /** Resident memory in bytes. */
  resident(): number;
  /** @returns milliseconds from the signal to the end of the process */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
  /** Starts the same server again, on the same port and files. */
  again(): Promise<RunningServer>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

export async function startServer(subject: Subject): Promise<RunningServer> {
  const port = await freePort();
  return launch(port, subject.command(port));
}

async function launch(port: number, command: ReturnType<Subject['command']>): Promise<RunningServer> {
  const began = performance.now();
  const child = spawn('taskset', ['-c', String(SERVER_CORE), process.execPath, ...command.args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...command.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  await untilListening(port, child);
  const startMs = performance.now() - began;
  const { pid = 0 } = child;
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number> => {
    const since = performance.now();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return performance.now() - since;
  };
  return {
    pid,
    port,
    startMs,
    resident: () => residentBytes(pid),
    stop,
    again: () => launch(port, command),
    async close() {
      await stop('SIGKILL');
      command.remove();
    },
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode} before it listened`);
    if (performance.now() > deadline) throw new Error('the server did not listen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1_024;
}
