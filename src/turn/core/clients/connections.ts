import type { Faults } from '../faults.ts';
import type { ClientAddress, RelayIo, StreamConnection, StreamReceiver } from '../relay-io.ts';
import type { Counters } from '../stats.ts';
import { StreamClient, type StreamOwner } from './stream-client.ts';
import { StreamTurns } from './stream-scheduler.ts';

/** TCP and TLS connections of TURN clients, in all. Above, the oldest stranger of the network with most of them goes. */
export const TURN_CONNECTIONS = 4_096;
/** TCP and TLS connections of TURN clients from one network address (IPv6: /64): 36 people behind one NAT in calls of eight, with two stream URLs each. */
export const TURN_NETWORK_CONNECTIONS = 1_024;
/**
 * Connections from one network address that have no allocation, as each is for its first round trips; above, the oldest of
 * them goes.
 */
export const TURN_NETWORK_STRANGERS = 256;
/** Milliseconds within which a TURN connection without an allocation must send a whole message. */
export const TURN_IDLE_CONNECTION_MS = 30_000;

interface ConnectionsDeps {
  io: Pick<RelayIo, 'nextTurn' | 'hasSpareDescriptors'>;
  counters: Counters;
  faults: Faults;
  /** Milliseconds of the monotonic clock. */
  now: number;
  /** Handles one message. Never throws. */
  packet(client: StreamClient, buffer: Buffer, offset: number, length: number): void;
  /** The connection's allocation ends with it. */
  gone(client: StreamClient): void;
}

/** The connections of one IPv4 address or IPv6 /64. */
interface Network {
  connections: number;
  /** Those without an allocation, the oldest first. */
  readonly strangers: Set<StreamClient>;
}

/** Every TCP and TLS connection, with the bounds for each network. Under pressure the least useful stranger goes. */
export class Connections implements StreamOwner {
  readonly #deps: ConnectionsDeps;
  readonly #turns: StreamTurns;
  readonly #all = new Set<StreamClient>();
  readonly #networks = new Map<string, Network>();
  #idleCheckAt: number;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
    this.#turns = new StreamTurns({ nextTurn: (run) => deps.io.nextTurn(run) });
    this.#idleCheckAt = deps.now + TURN_IDLE_CONNECTION_MS;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Takes a connection in; closes it at once if no stranger can go for it. */
  open(connection: StreamConnection, address: ClientAddress): StreamReceiver {
    const client = new StreamClient(connection, address, this, this.#turns);
    const network = this.#networks.get(client.network) ?? { connections: 0, strangers: new Set() };
    this.#networks.set(client.network, network);
    this.#all.add(client);
    network.connections++;
    network.strangers.add(client);
    for (const leaver of this.#leavers(network)) {
      this.#deps.counters.denials.bounds++;
      leaver.close();
    }
    return client;
  }

  packet(client: StreamClient, buffer: Buffer, offset: number, length: number): void {
    // Work is only done for a stranger within its rate: the connection of one that floods is worth nothing.
    if (client.isStranger && !client.mayAsk()) {
      this.#deps.counters.unanswered++;
      client.close();
      return;
    }
    this.#deps.packet(client, buffer, offset, length);
  }

  failed({ path: { address, port } }: StreamClient, error: unknown): void {
    this.#deps.faults.caught(error, 'the cutting of a stream', { address, port });
  }

  gone(client: StreamClient): void {
    if (!this.#all.delete(client)) return;
    const network = this.#networks.get(client.network);
    if (network !== undefined) {
      network.strangers.delete(client);
      if (--network.connections === 0) this.#networks.delete(client.network);
    }
    this.#deps.gone(client);
  }

  changed(client: StreamClient): void {
    if (!this.#all.has(client)) return;
    const strangers = this.#networks.get(client.network)?.strangers;
    if (client.isStranger) strangers?.add(client);
    else strangers?.delete(client);
  }

  /**
   * To be called once a second. Closes connections without an allocation that have sent no whole message for one to two
   * times `TURN_IDLE_CONNECTION_MS`.
   */
  sweep(now: number): void {
    const idle = now >= this.#idleCheckAt;
    if (idle) this.#idleCheckAt = now + TURN_IDLE_CONNECTION_MS;
    for (const client of this.#all) {
      client.nextSecond();
      if (!idle) continue;
      if (client.isStranger && !client.active) client.close();
      client.active = false;
    }
  }

  close(): void {
    for (const client of this.#all) client.close();
  }

  /** Who must go now that the network has one more, the newcomer itself if nobody else can. */
  #leavers(network: Network): Set<StreamClient> {
    const leavers = new Set<StreamClient>();
    const { strangers, connections } = network;
    if (strangers.size > TURN_NETWORK_STRANGERS || connections > TURN_NETWORK_CONNECTIONS) {
      for (const oldest of strangers) {
        leavers.add(oldest);
        break;
      }
    }
    const full = this.#all.size - leavers.size > TURN_CONNECTIONS;
    if (leavers.size === 0 && (full || !this.#deps.io.hasSpareDescriptors())) {
      for (const oldest of this.#mostStrangers()) {
        leavers.add(oldest);
        break;
      }
    }
    return leavers;
  }

  /** Of the network that has most of them: whoever fills the relay makes room for the others. */
  #mostStrangers(): ReadonlySet<StreamClient> {
    let most: ReadonlySet<StreamClient> = new Set();
    for (const { strangers } of this.#networks.values()) if (strangers.size > most.size) most = strangers;
    return most;
  }
}
