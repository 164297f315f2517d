import { looksLikeChannelData } from '../codec/channel-data.ts';
import { decodeMessage } from '../codec/message.ts';
import { relayedLength } from '../codec/relayed-length.ts';
import { SEND_INDICATION } from '../codec/send-indication.ts';
import type { Allocation, ClientPath } from './allocations/allocation.ts';
import { Allocations } from './allocations/allocations.ts';
import { RelayPorts } from './allocations/relay-ports.ts';
import { ClientTable, UdpPath } from './clients/client-path.ts';
import { Connections } from './clients/connections.ts';
import type { StreamClient } from './clients/stream-client.ts';
import { Faults, headOf } from './faults.ts';
import type { EngineDeps, RelayAddresses } from './relay-addresses.ts';
import type {
  ClientAddress,
  DatagramReceiver,
  DatagramSocket,
  ListenerAddress,
  StreamConnection,
  StreamReceiver,
} from './relay-io.ts';
import { createAllocate } from './requests/allocate.ts';
import { createAuthenticator } from './requests/authentication.ts';
import { CheckTurns } from './requests/check-budget.ts';
import { createRequests } from './requests/requests.ts';
import { createResponder } from './requests/responder.ts';
import { StrangerRate } from './requests/unauthenticated-rate.ts';
import { Counters, type RelayStats } from './stats.ts';
import { Bandwidth } from './traffic/bandwidth.ts';
import { Forwarder } from './traffic/forwarder.ts';
import { createPeerPolicy } from './traffic/peer-policy.ts';
import { relayedAddresses } from './traffic/relayed-addresses.ts';

/** Expiry is looked at this often, so it comes at most that much late; bandwidth is counted over it. */
const SWEEP_MS = 1000;

/**
 * The relay without its sockets. It sets one timer (a sweep each second) and holds relay sockets that it opened by
 * `io`; `close()` ends both, and closes the listeners and connections that it was given.
 */
export interface Engine {
  /** Takes a UDP listener in: the io calls the returned receiver with each datagram. */
  listener(socket: DatagramSocket, local: ListenerAddress): DatagramReceiver;
  /** Takes a TCP or TLS connection in, before its handshake; may close it at once. */
  connection(connection: StreamConnection, client: ClientAddress): StreamReceiver;
  /** Ends the allocations of a peerId (REST user names) or static user at once and refuses new ones of it. */
  revoke(peerIdOrUser: string): void;
  /** The address of a UDP listener is gone: closes it, and ends the allocations of its clients. */
  unlisten(socket: DatagramSocket): void;
  /**
   * This machine's addresses changed: new allocations get those of `addresses`, and every permission is judged by them.
   * @param lost relayed addresses that lead here no more: their allocations end
   */
  follow(addresses: RelayAddresses, lost: readonly string[]): void;
  /** Takes note of an exception that nothing else caught; `during` says what was being done. */
  caught(error: unknown, during: string): void;
  stats(): RelayStats;
  close(): void;
}

export function createEngine({ conf, addresses, io, clock, log, randomBytes }: EngineDeps): Engine {
  const counters = new Counters();
  const faults = new Faults({ log, counters, now: () => clock.monotonic() });
  const ports = new RelayPorts({ io, minPort: conf.minPort, maxPort: conf.maxPort, randomBytes });
  const allocations = new Allocations({ conf, ports, log, randomBytes });
  const authenticator = createAuthenticator({ conf, clock, randomBytes });
  const bandwidth = new Bandwidth(conf);
  const rate = new StrangerRate(randomBytes(4).readUInt32BE());
  const policy = createPeerPolicy({
    conf,
    addresses,
    isLiveRelayPort: (family, port) => ports.find(family, port)?.allocation !== undefined,
  });
  const relayed = relayedAddresses(addresses);
  const traffic = new Forwarder({ conf, bandwidth, ports, policy, counters, faults, seed: randomBytes(8) });
  const respond = createResponder({
    conf,
    authenticator,
    allocations,
    allocate: createAllocate({ conf, relayed, allocations, traffic, counters, bandwidth, io }),
    handle: createRequests({ conf, allocations, policy, counters }),
    rate,
    checks: new CheckTurns({ nextTurn: (run) => io.nextTurn(run) }),
    failures: new CheckTurns({ nextTurn: (run) => io.nextTurn(run) }),
    counters,
    now: () => clock.monotonic(),
  });
  const tables = new Set<ClientTable>();

  /** Whether the packet was application data: the hot path, left without making an object. */
  function forwarded(allocation: Allocation | undefined, buffer: Buffer, offset: number, length: number) {
    if (allocation === undefined || length < 4) return false;
    if (looksLikeChannelData(buffer[offset] ?? 0)) {
      traffic.channelUp(allocation, buffer, offset, length);
      return true;
    }
    if (buffer.readUInt16BE(offset) !== SEND_INDICATION) return false;
    traffic.sendUp(allocation, buffer, offset, length);
    return true;
  }

  function request(path: ClientPath, buffer: Buffer, offset: number, length: number): void {
    const message = decodeMessage(buffer, offset, length);
    if (message === undefined) counters.denials.malformed++;
    else respond(path, message);
  }

  function receiverOf(table: ClientTable): DatagramReceiver {
    return {
      refused: (buffer, offset, length) => counters.refusedDown(relayedLength(buffer, offset, length)),
      datagram(buffer, offset, length, address, port) {
        try {
          const allocation = table.find(address, port);
          if (forwarded(allocation, buffer, offset, length)) return;
          request(allocation?.path ?? new UdpPath(table, { address, port }), buffer, offset, length);
        } catch (error) {
          const head = headOf(buffer, offset, length);
          faults.caught(error, 'a datagram from a client', { address, port, length, head });
        }
      },
    };
  }

  const connections = new Connections({
    io,
    counters,
    faults,
    now: clock.monotonic(),
    packet({ path }: StreamClient, buffer: Buffer, offset: number, length: number): void {
      try {
        if (!forwarded(path.allocation, buffer, offset, length)) request(path, buffer, offset, length);
      } catch (error) {
        const { address, port } = path;
        const head = headOf(buffer, offset, length);
        faults.caught(error, 'a message on a stream', { address, port, length, head });
      }
    },
    gone({ path }: StreamClient): void {
      const { allocation } = path;
      if (allocation !== undefined) guarded('the end of a connection', () => allocations.end(allocation));
    },
  });

  /** What isn't a packet's handling: a fault in one part must not keep the others from their work. */
  function guarded(during: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      faults.caught(error, during);
    }
  }

  const stopSweeping = clock.every(SWEEP_MS, () => {
    const now = clock.monotonic();
    guarded('the reset of rates', () => rate.nextSecond());
    guarded('the reset of bandwidth', () => bandwidth.nextSecond());
    for (const allocation of allocations.all()) {
      guarded('the sweep of an allocation', () => allocations.sweepOne(allocation, now));
    }
    guarded('the sweep of reservations', () => allocations.sweepReservations(now));
    guarded('the sweep of connections', () => connections.sweep(now));
  });

  return {
    listener(socket, local) {
      const table = new ClientTable(socket, local);
      tables.add(table);
      return receiverOf(table);
    },
    connection: (connection, address) => connections.open(connection, address),
    revoke(user) {
      guarded('a revocation', () => {
        authenticator.revoke(user);
        const ended = allocations.endAll(user);
        if (ended > 0) log.debug("turn: a revoked user's allocations were ended", { user, ended });
      });
    },
    unlisten(socket) {
      for (const table of [...tables]) {
        if (table.socket !== socket) continue;
        tables.delete(table);
        const ended = allocations.endIf(({ path }) => path instanceof UdpPath && path.isOf(table));
        log.debug('turn: a listener was closed, and with it allocations', { ...table.local, ended });
      }
      socket.close();
    },
    follow(now, lost) {
      Object.assign(relayed, relayedAddresses(now));
      // A port that is held was bound to the address of before.
      allocations.endReservations();
      const ended = allocations.endIf((allocation) => lost.includes(allocation.relayed.address.text));
      if (ended > 0) log.info('turn: allocations ended with the address that they relayed from', { ended });
      policy.follow(
        now,
        [...allocations.all()].map((allocation) => allocation.relayed.address),
      );
      for (const { peers } of allocations.all()) peers.judgeAgain(policy);
    },
    caught: (error, during) => faults.caught(error, during),
    stats: () => counters.snapshot(allocations.size, connections.size),
    close() {
      stopSweeping();
      allocations.endAll();
      connections.close();
      for (const { socket } of tables) socket.close();
      tables.clear();
    },
  };
}
