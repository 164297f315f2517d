import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export interface Finished {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** stdout and stderr, interleaved as they arrived. */
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
  /** Its output so far. */
  output(): string;
  /** Resolves when its output matches; rejects if it ends or `ms` pass before. */
  says(pattern: RegExp, ms?: number): Promise<void>;
  /** Writes to its standard input. */
  write(text: string): void;
  alive(): boolean;
  /** Sends it a signal, SIGKILL by default, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * @param environment added to this process's own
 * @param isGroup whether the program starts others: then SIGKILL, which it can't pass on, goes to all of them
 */
export function start(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  isGroup = false,
): Running {
  const child = spawn(command, args, {
    stdio: 'pipe',
    env: { ...process.env, ...environment },
    detached: isGroup,
  });
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
      if (isGroup && signal === 'SIGKILL' && child.pid !== undefined) killGroup(child.pid);
      else child.kill(signal);
      await ended;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // They have all ended already.
  }
}

/**
 * A port that was free for UDP and TCP a moment ago, for programs that can't tell which port they took. It is below
 * Linux's ephemeral range (ip_local_port_range), where connections that ended a minute ago still hold ports.
 */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = randomInt(20_000, 32_768);
    if ((await canBind(port, address)) && (await canListen(port, address))) return port;
  }
  throw new Error(`no port was found that is free on ${address}`);
}

function canBind(port: number, address: string): Promise<boolean> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.on('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
