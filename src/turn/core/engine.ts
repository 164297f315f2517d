import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { RelayConf } from '../relay-conf.ts';
import type {
  ClientAddress,
  DatagramReceiver,
  DatagramSocket,
  ListenerAddress,
  RelayIo,
  StreamConnection,
  StreamReceiver,
} from './relay-io.ts';
import type { RelayStats } from './stats.ts';

export interface EngineDeps {
  readonly conf: RelayConf;
  readonly addresses: RelayAddresses;
  readonly io: RelayIo;
  readonly clock: Clock;
  readonly log: Log;
  readonly randomBytes: (size: number) => Buffer;
}

/** Which addresses are ours, found out by `relay.ts` from the settings and the interfaces. */
export interface RelayAddresses {
  /** The public address of relay sockets, told to clients as XOR-RELAYED-ADDRESS; undefined: no such family. */
  readonly relayed4: string | undefined;
  readonly relayed6: string | undefined;
  /** Every address of this machine and every public one that leads to it: peers there are ours or denied. */
  readonly own: readonly string[];
  /** Ports of our own that listen, whatever the transport: TURN, TLS, HTTP. Never a peer, on any own address. */
  readonly listenerPorts: readonly number[];
}

/**
 * The relay without its sockets. It sets one timer (a sweep each second) and holds relay sockets that it opened by
 * `io`; `close()` ends both, and closes the connections and listeners that it was given.
 */
export interface Engine {
  /** Takes a UDP listener in: the io calls the returned receiver with each datagram. */
  listener(socket: DatagramSocket, local: ListenerAddress): DatagramReceiver;
  /** Takes a TCP or TLS connection in. */
  connection(connection: StreamConnection, client: ClientAddress, local: ListenerAddress): StreamReceiver;
  /** Ends the allocations of a peerId (REST user names) or static user at once and refuses new ones of it. */
  revoke(peerIdOrUser: string): void;
  stats(): RelayStats;
  close(): void;
}

export declare function createEngine(deps: EngineDeps): Engine;
