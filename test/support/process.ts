import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';

export interface Finished {
  /** null: ended by a signal. */
  readonly code: number | null;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** Runs a program to its end, or kills it after `ms`. */
export function run(command: string, args: readonly string[], ms = 30_000): Promise<Finished> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ms,
    killSignal: 'SIGKILL',
  });
  const output = collect(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output() }));
  });
}

export interface Running {
  readonly pid: number;
  /** What it has said so far. */
  output(): string;
  /** Resolves when its output matches; rejects when it ends or `ms` pass before. */
  says(pattern: RegExp, ms?: number): Promise<void>;
  /** To its standard input. */
  write(text: string): void;
  alive(): boolean;
  /** Sends it a signal, SIGKILL where none is named, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** @param environment beside this process's own */
export function start(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...environment } });
  const output = collect(child);
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  return {
    pid: child.pid ?? 0,
    output,
    says(pattern, ms = 10_000) {
      return new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${command} ${why} ${pattern}:\n${output()}`));
        const timer = setTimeout(() => fail(`did not say within ${ms} ms`), ms);
        const look = () => {
          if (!pattern.test(output())) return;
          clearTimeout(timer);
          resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(() => fail('ended before it said'));
        look();
      });
    },
    write: (text) => void child.stdin.write(text),
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

/** A UDP port that was free a moment ago, for programs that can't say which they took. */
export function freeUdpPort(address = '127.0.0.1'): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
