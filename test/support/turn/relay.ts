import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog, type Log } from '../../../src/lib/log.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from '../../../src/turn/conf/relay-conf.ts';
import { makeCredentials, type TurnCredentials } from '../../../src/turn/ice/credentials.ts';
import { createRelay, type Relay, type RelayDeps } from '../../../src/turn/thread/relay.ts';
import type { RelayEndpoint } from '../../../src/turn/thread/relay-status.ts';

export interface TestRelay {
  readonly relay: Relay;
  readonly endpoint: RelayEndpoint;
  /** The log, one JSON object per line. */
  readonly lines: readonly string[];
  /** Valid for an hour. */
  credentials(name: string): TurnCredentials;
  /** Ends the thread as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export const RELAY_SECRET = 'a secret of the tests';

/** Starts a relay on free ports of 127.0.0.1 that allows peers on this machine. */
export async function startRelay(
  overrides: Partial<RelayConf> = {},
  deps: Partial<Pick<RelayDeps, 'clock' | 'machine' | 'onRestarted'>> = {},
): Promise<TestRelay> {
  const conf: RelayConf = {
    ...RELAY_CONF_DEFAULTS,
    listeningIps: ['127.0.0.1'],
    listeningPort: 0,
    tlsListeningPort: 0,
    allowLoopbackPeers: true,
    ...overrides,
  };
  const lines: string[] = [];
  const threads: Worker[] = [];
  const relay = createRelay({
    conf,
    secret: RELAY_SECRET,
    clock: systemClock,
    log: logTo(lines),
    ownPorts: [],
    ...deps,
    startThread(init) {
      const worker = new Worker(new URL('../../../src/turn/thread/worker.ts', import.meta.url), {
        workerData: init,
      });
      threads.push(worker);
      return worker;
    },
  });
  const endpoint = await relay.listen();
  return {
    relay,
    endpoint,
    lines,
    credentials: (name) => makeCredentials(RELAY_SECRET, Date.now() / 1000 + 3600, name),
    async kill() {
      await threads.at(-1)?.terminate();
    },
    close: () => relay.close(),
  };
}

function logTo(lines: string[]): Log {
  return createLog({ level: 'debug', now: Date.now, write: (line) => void lines.push(line) });
}
