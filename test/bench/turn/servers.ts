import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCredentials, type TurnCredentials } from '../../../src/turn/ice/credentials.ts';
import { freePort, type Running, start } from '../../support/server/process.ts';
import { startFlags } from '../../support/server/start-flags.ts';

/** The CPU core of the server; the load has the other one. */
const SERVER_CORE = '0';
const SECRET = 'a secret of the bench';
const TYPESCRIPT = ['--import', fileURLToPath(new URL('../../support/typescript.mjs', import.meta.url))];

export interface BenchServer {
  readonly pid: number;
  readonly port: number;
  readonly credentials: TurnCredentials;
  stop(): Promise<void>;
}

export const RELAYS = ['ours', 'coturn', 'node-turn'] as const;
export type RelayName = (typeof RELAYS)[number];

export function startBenchRelay(name: RelayName): Promise<BenchServer> {
  return { ours, coturn, 'node-turn': nodeTurn }[name]();
}

/** Forwards every datagram from its port to another. */
type Forwarder = Pick<BenchServer, 'port' | 'pid' | 'stop'>;

/** The best that Node's sockets can do. */
export function startForwarder(to: number): Promise<Forwarder> {
  return startForwarding(process.execPath, [...startFlags(), here('forwarder.mjs')], to);
}

/** @param program compiled hop.c */
export function startHop(program: string, to: number): Promise<Forwarder> {
  return startForwarding(program, [], to);
}

async function startForwarding(command: string, args: readonly string[], to: number): Promise<Forwarder> {
  const port = await freePort();
  const running = pinned(command, [...args, String(port), String(to)]);
  await running.says(/listens/);
  return { port, pid: running.pid, stop: () => running.stop() };
}

/** Writes the settings for this relay and coturn. */
function settings(port: number): { file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const file = join(folder, 'turnserver.conf');
  const lines = [
    `listening-port=${port}`,
    'listening-ip=127.0.0.1',
    'realm=parley',
    'use-auth-secret',
    `static-auth-secret=${SECRET}`,
    'allow-loopback-peers',
    'max-bps=0',
    'no-cli',
    'no-tls',
    'no-dtls',
    'log-file=stdout',
    'simple-log',
    `pidfile=${join(folder, 'pid')}`,
  ];
  writeFileSync(file, lines.join('\n'));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

async function ours(): Promise<BenchServer> {
  const port = await freePort();
  const { file, remove } = settings(port);
  const program = fileURLToPath(new URL('../../support/turn/relay-program.ts', import.meta.url));
  const running = pinned(process.execPath, [...startFlags(), ...TYPESCRIPT, program, SECRET, file]);
  await running.says(/"message":"relay listens"/);
  return serverOf(running, port, remove);
}

async function coturn(): Promise<BenchServer> {
  const port = await freePort();
  const { file, remove } = settings(port);
  const running = pinned('turnserver', ['-c', file, '-m', '1']);
  await running.says(/IO method \(admin thread\)/);
  return serverOf(running, port, remove);
}

async function nodeTurn(): Promise<BenchServer> {
  const port = await freePort();
  const { username, credential } = benchCredentials();
  const running = pinned(process.execPath, [here('node-turn.mjs'), String(port), username, credential]);
  await running.says(/listens/);
  return { ...serverOf(running, port, () => {}), credentials: { username, credential } };
}

function serverOf(running: Running, port: number, remove: () => void): BenchServer {
  return {
    pid: running.pid,
    port,
    credentials: benchCredentials(),
    async stop() {
      await running.stop();
      remove();
    },
  };
}

function benchCredentials(): TurnCredentials {
  return makeCredentials(SECRET, Date.now() / 1000 + 3600, 'bench');
}

function pinned(command: string, args: readonly string[]): Running {
  return start('taskset', ['-c', SERVER_CORE, command, ...args]);
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
