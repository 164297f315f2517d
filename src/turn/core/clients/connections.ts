import type { Packet } from '../../codec/packet.ts';
import type { Faults } from '../faults.ts';
import type { RelayIo, SocketAddress, StreamConnection, StreamReceiver } from '../relay-io.ts';
import type { Counters } from '../stats.ts';
import { StreamClient, type StreamOwner } from './stream-client.ts';
import { StreamScheduler } from './stream-scheduler.ts';

/** Max TCP and TLS connections; above, the network with most pending connections loses its oldest pending one. */
export const MAX_CONNECTIONS = 4_096;
/** Max connections of one network (IPv4 address or IPv6 /64): 36 people behind one NAT in calls of eight, two URLs each. */
export const MAX_NETWORK_CONNECTIONS = 1_024;
/** Max pending connections of one network: those without an allocation, as each is for its first round trips. */
export const MAX_NETWORK_PENDING = 256;
/** Milliseconds within which a pending connection must send a complete message. */
export const IDLE_CONNECTION_MS = 30_000;

interface ConnectionsDeps {
  io: Pick<RelayIo, 'nextTurn' | 'hasSpareDescriptors'>;
  counters: Counters;
  faults: Faults;
  /** Milliseconds of the monotonic clock. */
  now: number;
  /** Handles one message. Never throws. */
  onMessage(client: StreamClient, message: Packet): void;
  /** Ends the connection's allocation. */
  onClosed(client: StreamClient): void;
}

/** The connections of one IPv4 address or IPv6 /64. */
interface Network {
  connections: number;
  /** Those without an allocation, the oldest first. */
  readonly pending: Set<StreamClient>;
}

/** All TCP and TLS connections, and their limits. At a limit, a connection without an allocation is closed. */
export class Connections implements StreamOwner {
  readonly #deps: ConnectionsDeps;
  readonly #scheduler: StreamScheduler;
  readonly #all = new Set<StreamClient>();
  readonly #networks = new Map<string, Network>();
  #idleCheckAt: number;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
    this.#scheduler = new StreamScheduler({ nextTurn: (run) => deps.io.nextTurn(run) });
    this.#idleCheckAt = deps.now + IDLE_CONNECTION_MS;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Adds a connection, closing another one, or this one itself, if a limit is exceeded. */
  open(connection: StreamConnection, address: SocketAddress): StreamReceiver {
    const client = new StreamClient(connection, address, this, this.#scheduler);
    const network = this.#networks.get(client.network) ?? { connections: 0, pending: new Set() };
    this.#networks.set(client.network, network);
    this.#all.add(client);
    network.connections++;
    network.pending.add(client);
    const excess = this.#findExcess(network);
    if (excess !== undefined) {
      this.#deps.counters.denials.bounds++;
      excess.close();
    }
    return client;
  }

  message(client: StreamClient, message: Packet): void {
    // Nothing is lost by closing the connection of a flooding client that has no allocation.
    if (!client.hasAllocation && !client.countMessage()) {
      this.#deps.counters.unanswered++;
      client.close();
      return;
    }
    this.#deps.onMessage(client, message);
  }

  deframingFailed({ path: { address, port } }: StreamClient, error: unknown): void {
    this.#deps.faults.report(error, 'cutting a stream into messages', { address, port });
  }

  closed(client: StreamClient): void {
    if (!this.#all.delete(client)) return;
    const network = this.#networks.get(client.network);
    if (network !== undefined) {
      network.pending.delete(client);
      if (--network.connections === 0) this.#networks.delete(client.network);
    }
    this.#deps.onClosed(client);
  }

  allocationChanged(client: StreamClient): void {
    if (!this.#all.has(client)) return;
    const pending = this.#networks.get(client.network)?.pending;
    if (client.hasAllocation) pending?.delete(client);
    else pending?.add(client);
  }

  /**
   * Call once a second. Closes pending connections that have sent no complete message for one to two times
   * `IDLE_CONNECTION_MS`.
   */
  sweep(now: number): void {
    const isIdleCheck = now >= this.#idleCheckAt;
    if (isIdleCheck) this.#idleCheckAt = now + IDLE_CONNECTION_MS;
    for (const client of this.#all) {
      client.nextSecond();
      if (!isIdleCheck) continue;
      if (!client.hasAllocation && !client.active) client.close();
      client.active = false;
    }
  }

  close(): void {
    for (const client of this.#all) client.close();
  }

  /** The connection to close now that `network` has one more, perhaps the new one; undefined if all limits are kept. */
  #findExcess({ pending, connections }: Network): StreamClient | undefined {
    if (pending.size > MAX_NETWORK_PENDING || connections > MAX_NETWORK_CONNECTIONS) {
      const oldest = first(pending);
      if (oldest !== undefined) return oldest;
    }
    const isFull = this.#all.size > MAX_CONNECTIONS || !this.#deps.io.hasSpareDescriptors();
    return isFull ? first(this.#largestPending()) : undefined;
  }

  /** Pending connections of the network that has the most, so that a network that fills the relay loses its own first. */
  #largestPending(): ReadonlySet<StreamClient> {
    let largest: ReadonlySet<StreamClient> = new Set();
    for (const { pending } of this.#networks.values()) if (pending.size > largest.size) largest = pending;
    return largest;
  }
}

function first<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
