import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StartError, unreachable } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import { RevokedUsers } from '../core/allocations/revocations.ts';
import type { RelayStats } from '../core/stats.ts';
import type { RelayEndpoint } from '../ice/ice-servers.ts';
import type { MachineAddresses } from './machine-addresses.ts';
import { type Machine, Surroundings, THIS_MACHINE, type Watcher } from './machine-monitor.ts';
import type { RelayProblem } from './problems.ts';
import { StatsTotal } from './stats-total.ts';
import type { FromThread, ThreadInit, ToThread } from './thread-messages.ts';

export interface RelayDeps {
  readonly conf: RelayConf;
  /**
   * Opens the relay beside the file's own secrets. Where the file has one, credentials are to be made with its
   * first: `conf.staticAuthSecrets[0] ?? <made and kept in the database>`.
   */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
  /** TCP and UDP ports of this process that are never a peer: HTTP. */
  readonly ownPorts: readonly number[];
  /** How a thread is started; tests pass one that lets them end it. */
  readonly startThread?: (init: ThreadInit) => Worker;
  /** Where it runs, if that is not this machine. */
  readonly machine?: Machine;
}

/** The embedded relay: a worker thread, started again within a second when it dies. */
export interface Relay {
  /**
   * Starts it. An address that can't be listened on yet is no reason to refuse: the relay follows the machine's
   * addresses from then on.
   * @returns where it listens, for `createIceServers`: its `ownAddress` changes with the machine's; rejects with a
   * StartError if a port is taken or the certificate can't be read
   */
  listen(): Promise<RelayEndpoint>;
  /** Ends the allocations of a peerId (or static user) at once and refuses new ones, also after a restart. */
  revoke(name: string): void;
  /** Reads the certificate again, and looks at the machine's addresses. */
  reload(): void;
  /** What keeps it from doing all that its settings say; empty: all is well. */
  problems(): readonly RelayProblem[];
  /** As of at most a second ago, added up over restarts; `allocations` and `connections` are of the moment. */
  stats(): RelayStats;
  /** How often the thread was started again. */
  restarts(): number;
  /** Ends all allocations and the thread. */
  close(): Promise<void>;
}

/** Milliseconds before a thread that died is replaced: at once the first time, then so that a fault can't spin. */
const RESTART_MS = 500;
/** Milliseconds that a thread has for its farewell. */
const CLOSE_MS = 2000;

export function createRelay(deps: RelayDeps): Relay {
  return new ThreadedRelay(deps);
}

interface Thread {
  readonly worker: Worker;
  /** Resolves at the thread's end, whatever the reason. */
  readonly ended: Promise<void>;
}

class ThreadedRelay implements Relay {
  readonly #deps: RelayDeps;
  readonly #conf: RelayConf;
  readonly #surroundings: Surroundings;
  readonly #total = new StatsTotal();
  /** For a thread that replaces a dead one. */
  readonly #revoked = new RevokedUsers();
  #thread: Thread | undefined;
  #listens = false;
  /** What the thread says is wrong. */
  #threadProblems: readonly RelayProblem[] = [];
  #ports: { port: number; tlsPort: number };
  #diedAt = Number.NEGATIVE_INFINITY;
  #restarts = 0;
  #cancelRestart = () => {};
  #closed = false;

  constructor(deps: RelayDeps) {
    const { conf, secret } = deps;
    this.#deps = deps;
    this.#conf = { ...conf, staticAuthSecrets: [...new Set([secret, ...conf.staticAuthSecrets])] };
    this.#surroundings = new Surroundings({ ...deps, machine: deps.machine ?? THIS_MACHINE });
    this.#ports = { port: conf.listeningPort, tlsPort: conf.tlsListeningPort };
  }

  async listen(): Promise<RelayEndpoint> {
    await this.#surroundings.open();
    const { addresses } = this.#surroundings;
    const { port, tlsPort } = await this.#start();
    const { udp, tcp } = this.#conf;
    const { external, preferred } = addresses;
    const endpoint = { port, tlsPort, udp, tcp, externalAddress: external, ownAddress: preferred };
    this.#tell(addresses, endpoint);
    const watcher: Watcher = {
      addresses: (now) => {
        endpoint.externalAddress = now.external;
        endpoint.ownAddress = now.preferred;
        this.#send({ kind: 'addresses', addresses: now });
      },
      certificate: (certificate) => this.#send({ kind: 'certificate', certificate }),
    };
    this.#surroundings.watch(watcher, addresses);
    return endpoint;
  }

  reload(): void {
    this.#surroundings.reload();
  }

  problems(): readonly RelayProblem[] {
    const around = this.#surroundings.problems();
    if (this.#listens) return [...around, ...this.#threadProblems];
    return [...around, { code: 'thread', message: 'The relay is down and starts again; the log says why.' }];
  }

  revoke(name: string): void {
    this.#revoked.add(name);
    this.#send({ kind: 'revoke', name });
  }

  stats(): RelayStats {
    return this.#total.now();
  }

  restarts(): number {
    return this.#restarts;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRestart();
    this.#surroundings.close();
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#send({ kind: 'close' });
    const cancel = this.#deps.clock.after(CLOSE_MS, () => void thread.worker.terminate());
    await thread.ended;
    cancel();
  }

  /** Resolves when the thread listens, rejects when it can't. Afterwards its death starts another. */
  #start(): Promise<{ port: number; tlsPort: number | undefined }> {
    const { startThread = startWorker, ownPorts } = this.#deps;
    const { addresses, certificate } = this.#surroundings;
    const init = {
      conf: this.#conf,
      addresses,
      certificate,
      ...this.#ports,
      ownPorts,
      revoked: this.#revoked.list(),
    };
    const worker = startThread(init);
    return new Promise((resolve, reject) => {
      let listens = false;
      const ended = new Promise<void>((end) => worker.once('exit', () => end()));
      this.#thread = { worker, ended };
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'refused') reject(new StartError(message.message));
        if (message.kind === 'listening') {
          listens = true;
          this.#listens = true;
          this.#ports = { port: message.port, tlsPort: message.tlsPort ?? this.#ports.tlsPort };
          resolve(message);
        }
        this.#hear(message);
      });
      worker.on('error', (error) => this.#deps.log.error('the relay thread failed', { error }));
      worker.once('exit', () => {
        this.#thread = undefined;
        this.#listens = false;
        this.#threadProblems = [];
        this.#total.threadEnded();
        reject(new StartError('the relay thread ended before it listened'));
        if (listens) this.#died();
      });
    });
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'stats':
        this.#total.heard(message.stats);
        break;
      case 'log':
        this.#deps.log[message.level](message.message, message.fields);
        break;
      case 'problems':
        this.#threadProblems = message.problems;
        break;
      case 'listening':
      case 'refused':
        break;
      default:
        unreachable(message);
    }
  }

  #died(): void {
    if (this.#closed) return;
    const { clock, log } = this.#deps;
    const again = clock.monotonic() - this.#diedAt < 2 * RESTART_MS;
    this.#diedAt = clock.monotonic();
    log.error('the relay thread died: starting another; relayed calls reconnect by ICE restart');
    this.#cancelRestart = clock.after(again ? RESTART_MS : 0, () => this.#restart());
  }

  #restart(): void {
    this.#restarts++;
    this.#start().then(
      ({ port }) => this.#deps.log.info('the relay is back', { port }),
      (error: unknown) => {
        this.#deps.log.error('the relay could not be started again', { error });
        if (!this.#closed) this.#cancelRestart = this.#deps.clock.after(RESTART_MS, () => this.#restart());
      },
    );
  }

  #send(message: ToThread): void {
    this.#thread?.worker.postMessage(message);
  }

  #tell({ reachable, preferred, datagram }: MachineAddresses, { port, tlsPort }: RelayEndpoint): void {
    const { log } = this.#deps;
    log.info('relay listens', { port, tlsPort, addresses: datagram, relayAddress: preferred });
    if (!reachable) {
      log.warn(
        `the relay's address ${preferred} is private: calls with people outside this network will fail. ` +
          'Where this machine has a public address, put external-ip=<public address> into turnserver.conf',
      );
    }
    if (this.#conf.allowLoopbackPeers) {
      log.warn('allow-loopback-peers is unsafe: every user reaches what listens on 127.0.0.1');
    }
  }
}

/** Compiled, the thread's file ends in .js; under a test runner that reads the source, in .ts. */
function startWorker(init: ThreadInit): Worker {
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(file, { workerData: init, name: 'turn' });
}
