import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { RelayStats } from './core/stats.ts';
import type { RelayEndpoint } from './ice-servers.ts';
import type { RelayConf } from './relay-conf.ts';

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
}

/** The embedded relay: a worker thread, started again within a second when it dies. */
export interface Relay {
  /**
   * Starts it. Rejects with a StartError where a port is taken or a certificate can't be read.
   * @returns where it listens, for `createIceServers`
   */
  listen(): Promise<RelayEndpoint>;
  /** Ends the allocations of a peerId (or static user) at once and refuses new ones, also after a restart. */
  revoke(name: string): void;
  /** As of at most a second ago, added up over restarts; `allocations` and `connections` are of the moment. */
  stats(): RelayStats;
  /** How often the worker was started again. */
  restarts(): number;
  close(): Promise<void>;
}

export declare function createRelay(deps: RelayDeps): Relay;
