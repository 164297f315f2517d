import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Environment } from '../../../src/config/config.ts';
import { createLog } from '../../../src/lib/log.ts';
import { freePort } from '../server/process.ts';
import { startServer, type TestServer } from '../server/server.ts';

export interface RelayServer extends TestServer {
  /** One value of `/metrics`. */
  figure(name: string): Promise<number>;
  /** The log, one JSON object per line. */
  readonly lines: readonly string[];
  /** Ends the relay's thread as a crash would. */
  killRelay(): Promise<void>;
}

/**
 * Starts a whole server with its relay, on free ports of every address of this machine.
 * @param conf lines of turnserver.conf besides the ports, such as `no-udp`
 */
export async function startRelayServer(
  conf: readonly string[] = [],
  environment: Environment = {},
): Promise<RelayServer> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-relay-'));
  const path = join(folder, 'turnserver.conf');
  const ports = [
    `listening-port=${await freePort('0.0.0.0')}`,
    `tls-listening-port=${await freePort('0.0.0.0')}`,
  ];
  writeFileSync(path, [...ports, ...conf].join('\n'));
  const lines: string[] = [];
  let thread: Worker | undefined;
  const keep = (worker: Worker) => {
    thread = worker;
  };
  // The server starts and replaces its thread by itself; this gets hold of it.
  process.on('worker', keep);
  const stopKeeping = () => {
    process.off('worker', keep);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const server = await startServer(
      { TURN: 'on', TURN_CONFIG: path, ...environment },
      { log: createLog({ level: 'info', now: Date.now, write: (line) => void lines.push(line) }) },
    );
    return {
      ...server,
      lines,
      async figure(name) {
        const text = await (await fetch(`${server.url}/metrics`)).text();
        return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      },
      async killRelay() {
        await thread?.terminate();
      },
      async close() {
        await server.close();
        stopKeeping();
      },
    };
  } catch (thrown) {
    stopKeeping();
    throw thrown;
  }
}
