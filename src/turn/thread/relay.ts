import type { Worker } from 'node:worker_threads';
import { StartError, unreachable } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { startThread as startThreadOf } from '../../lib/own-files.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import { RevokedUsers } from '../core/allocations/revocations.ts';
import type { RelayStats } from '../core/stats.ts';
import type { MachineAddresses } from './machine-addresses.ts';
import { type Machine, MachineMonitor, type MachineObserver, THIS_MACHINE } from './machine-monitor.ts';
import type { RelayEndpoint, RelayProblem } from './relay-status.ts';
import type { ServerPair } from './server-pair.ts';
import { StatsTotal } from './stats-total.ts';
import type { FromThread, ThreadInit, ToThread } from './thread-messages.ts';

export interface RelayDeps {
  readonly conf: RelayConf;
  /** Accepted besides the secrets in `conf`: its first, which credentials are made with, or the database's if it has none. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
  /** TCP and UDP ports of this process, such as HTTP's, which are never a peer. */
  readonly ownPorts: readonly number[];
  /** The server's own certificate, for TLS if `conf` names none. Default: there is none. */
  readonly serverPair?: ServerPair;
  /** Starts a thread; tests pass one that lets them end it. */
  readonly startThread?: (init: ThreadInit) => Worker;
  /** Default: this machine. */
  readonly machine?: Machine;
  /** A thread that died was replaced, and clients can allocate again. */
  readonly onRestarted?: () => void;
}

/** The embedded relay: a worker thread that is replaced within a second if it dies. */
export interface Relay {
  /**
   * Starts the relay. From then on it follows the machine's addresses, so one that it can't listen on yet is no error.
   * @returns where clients reach it, updated when the machine's addresses change; rejects with a StartError if a port is in use
   * or the certificate can't be used
   */
  listen(): Promise<RelayEndpoint>;
  /** Ends a user's allocations at once and refuses its credentials, even after the thread was replaced. */
  revoke(name: string): void;
  /** Reads the certificate again, and checks the machine's addresses. */
  reload(): void;
  /** Empty if the relay works as its settings say. */
  problems(): readonly RelayProblem[];
  /** At most a second old. Counts are added up over restarts; `allocations` and `connections` are current. */
  stats(): RelayStats;
  /** How often the thread was replaced. */
  restarts(): number;
  /** Ends all allocations and the thread. */
  close(): Promise<void>;
}

/** Milliseconds before a thread that died again soon is replaced; the first time it is replaced at once. */
const RESTART_MS = 500;
/** Max milliseconds that a thread takes to close. */
const CLOSE_MS = 2000;

export function createRelay(deps: RelayDeps): Relay {
  return new ThreadedRelay(deps);
}

interface Thread {
  readonly worker: Worker;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

class ThreadedRelay implements Relay {
  readonly #deps: RelayDeps;
  readonly #conf: RelayConf;
  readonly #machine: MachineMonitor;
  readonly #total = new StatsTotal();
  /** For a thread that replaces a dead one. */
  readonly #revoked = new RevokedUsers();
  #thread: Thread | undefined;
  #listens = false;
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
    this.#machine = new MachineMonitor({ ...deps, machine: deps.machine ?? THIS_MACHINE });
    this.#ports = { port: conf.listeningPort, tlsPort: conf.tlsListeningPort };
  }

  async listen(): Promise<RelayEndpoint> {
    const machine = this.#machine;
    await machine.open();
    const { addresses } = machine;
    const { port, tlsPort } = await this.#start();
    this.#logStart(addresses, port, tlsPort);
    const { udp, tcp } = this.#conf;
    const { external, preferred } = addresses;
    const endpoint = {
      ...{ port, udp, tcp, externalAddress: external, ownAddress: preferred },
      get tlsPort() {
        return machine.isCertificateTrusted ? tlsPort : undefined;
      },
    };
    const observer: MachineObserver = {
      addressesChanged: (now) => {
        endpoint.externalAddress = now.external;
        endpoint.ownAddress = now.preferred;
        this.#send({ kind: 'addresses', addresses: now });
      },
      certificateRenewed: (certificate) => this.#send({ kind: 'certificate', certificate }),
    };
    this.#machine.watch(observer, addresses);
    return endpoint;
  }

  reload(): void {
    this.#machine.reload();
  }

  problems(): readonly RelayProblem[] {
    const problems = this.#machine.problems();
    if (this.#listens) return [...problems, ...this.#threadProblems];
    return [
      ...problems,
      { code: 'thread', message: 'The relay is down and restarts; see the log for the reason.' },
    ];
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
    this.#machine.close();
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#send({ kind: 'close' });
    const cancel = this.#deps.clock.after(CLOSE_MS, () => void thread.worker.terminate());
    await thread.ended;
    cancel();
  }

  /** Resolves when the thread listens, rejects if it can't. A thread that dies after that is replaced. */
  #start(): Promise<{ port: number; tlsPort: number | undefined }> {
    const { startThread = startWorker, ownPorts } = this.#deps;
    const { addresses, certificate } = this.#machine;
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
        this.#handle(message);
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

  #handle(message: FromThread): void {
    switch (message.kind) {
      case 'stats':
        this.#total.update(message.stats);
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
    log.error('the relay thread died and is replaced; relayed calls reconnect by ICE restart');
    this.#cancelRestart = clock.after(again ? RESTART_MS : 0, () => this.#restart());
  }

  #restart(): void {
    this.#restarts++;
    this.#start().then(
      ({ port }) => {
        this.#deps.log.info('the relay works again', { port });
        this.#deps.onRestarted?.();
      },
      (error: unknown) => {
        this.#deps.log.error("the relay couldn't be restarted", { error });
        if (!this.#closed) this.#cancelRestart = this.#deps.clock.after(RESTART_MS, () => this.#restart());
      },
    );
  }

  #send(message: ToThread): void {
    this.#thread?.worker.postMessage(message);
  }

  #logStart({ reachable, preferred, datagram }: MachineAddresses, port: number, tlsPort?: number): void {
    const { log } = this.#deps;
    log.info('relay listens', { port, tlsPort, addresses: datagram, relayAddress: preferred });
    if (!reachable) {
      log.warn(
        `the relay's address ${preferred} is private, so calls with people outside this network will fail. ` +
          'If this machine has a public address, set external-ip=<public address> in turnserver.conf',
      );
    }
    if (this.#conf.allowLoopbackPeers) {
      log.warn('allow-loopback-peers is unsafe: every user can reach what listens on 127.0.0.1');
    }
  }
}

function startWorker(init: ThreadInit): Worker {
  return startThreadOf('turn/thread/worker', { workerData: init, name: 'turn' });
}
