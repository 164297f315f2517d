import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { looksLikeChannelData } from '../codec/channel-data.ts';
import { relayedLength } from '../codec/data-indication.ts';
import { decodeMessage, looksLikeStun } from '../codec/message.ts';
import type { Packet } from '../codec/packet.ts';
import { SEND_INDICATION } from '../codec/send-indication.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import type { Allocation, ClientPath } from './allocations/allocation.ts';
import { Allocations } from './allocations/allocations.ts';
import { RelayPorts } from './allocations/relay-ports.ts';
import { Revocations } from './allocations/revocations.ts';
import { ClientTable, UdpPath } from './clients/client-path.ts';
import { Connections } from './clients/connections.ts';
import { Faults } from './faults.ts';
import { type RelayAddresses, relayedAddresses } from './relay-addresses.ts';
import type {
  DatagramReceiver,
  DatagramSocket,
  RelayIo,
  SocketAddress,
  StreamConnection,
  StreamReceiver,
} from './relay-io.ts';
import { createAuthenticator } from './requests/authentication.ts';
import { createBinding } from './requests/binding.ts';
import { CheckBudget } from './requests/check-budget.ts';
import { createHandlers } from './requests/handlers.ts';
import { createNonces } from './requests/nonces.ts';
import { createResponder } from './requests/responder.ts';
import { UnauthenticatedRate } from './requests/unauthenticated-rate.ts';
import { Counters, type RelayStats } from './stats.ts';
import { Bandwidth } from './traffic/bandwidth.ts';
import { Forwarder } from './traffic/forwarder.ts';
import { createPeerPolicy } from './traffic/peer-policy.ts';
import { createTestPolicy, policyFor } from './traffic/test-policy.ts';

/** Milliseconds between sweeps: what expires ends at most this late, and rates are counted over it. */
const SWEEP_MS = 1000;

export interface EngineDeps {
  readonly conf: RelayConf;
  readonly addresses: RelayAddresses;
  readonly io: RelayIo;
  readonly clock: Clock;
  readonly log: Log;
  readonly randomBytes: (size: number) => Buffer;
}

/** The relay without its sockets. It owns one timer, the relay sockets that it opens by `io`, and what it is given. */
export interface Engine {
  /** Adds a UDP listener, whose datagrams go to the returned receiver. */
  addListener(socket: DatagramSocket, local: SocketAddress): DatagramReceiver;
  /** Closes a UDP listener whose address is gone, and ends its clients' allocations. */
  closeListener(socket: DatagramSocket): void;
  /** Adds a TCP or TLS connection, before its handshake; may close it at once. */
  addConnection(connection: StreamConnection, client: SocketAddress): StreamReceiver;
  /** Ends a user's allocations at once and refuses its credentials, see `Revocations`. */
  revoke(userId: string): void;
  /**
   * Replaces this machine's addresses: new allocations get them, and every permission is checked against them.
   * @param lost relayed addresses that no longer lead here; their allocations end
   */
  setAddresses(addresses: RelayAddresses, lost: readonly string[]): void;
  /** Logs and counts an exception that nothing else caught. @param during what the relay was doing */
  reportFault(error: unknown, during: string): void;
  stats(): RelayStats;
  /** Ends all allocations, and closes listeners and connections. */
  close(): void;
}

export function createEngine({ conf, addresses, io, clock, log, randomBytes }: EngineDeps): Engine {
  const now = () => clock.monotonic();
  const nextTurn = (run: () => void) => io.nextTurn(run);
  const counters = new Counters();
  const faults = new Faults({ log, counters, now });
  const ports = new RelayPorts({ io, minPort: conf.minPort, maxPort: conf.maxPort, randomBytes });
  const allocations = new Allocations({ conf, ports, log, randomBytes });
  const revocations = new Revocations({ allocations, log });
  const nonces = createNonces({
    key: randomBytes(32),
    seconds: () => now() / 1000,
    lifetime: conf.staleNonce,
  });
  const bandwidth = new Bandwidth(conf);
  const rate = new UnauthenticatedRate(randomBytes(4).readUInt32BE());
  const policy = createPeerPolicy({
    conf,
    addresses,
    isLiveRelayPort: (family, port) => ports.find(family, port)?.allocation !== undefined,
  });
  const policies = { users: policy, tests: createTestPolicy(policy) };
  const relayed = relayedAddresses(addresses);
  const traffic = new Forwarder({ conf, bandwidth, ports, policy, counters, faults, seed: randomBytes(8) });
  const respond = createResponder({
    conf,
    authenticator: createAuthenticator({ conf, clock, nonces, revocations }),
    nonces,
    allocations,
    binding: createBinding({ counters }),
    handlers: createHandlers({ conf, relayed, allocations, traffic, counters, bandwidth, io, policies }),
    rate,
    checks: new CheckBudget({ nextTurn }),
    failures: new CheckBudget({ nextTurn }),
    counters,
    now,
  });
  const tables = new Set<ClientTable>();

  /** Relays application data without allocating. Returns false if the packet is none. */
  function forward(allocation: Allocation | undefined, packet: Packet): boolean {
    if (allocation === undefined || packet.length < 4) return false;
    const { bytes, offset } = packet;
    if (looksLikeChannelData(bytes[offset] ?? 0)) {
      traffic.forwardChannelData(allocation, packet);
      return true;
    }
    if (bytes.readUInt16BE(offset) !== SEND_INDICATION) return false;
    traffic.forwardSend(allocation, packet);
    return true;
  }

  function handleMessage(path: ClientPath, packet: Packet): void {
    const message = decodeMessage(packet.view());
    if (message === undefined) counters.denials.malformed++;
    else respond(path, message);
  }

  function reportPacket(error: unknown, during: string, packet: Packet): void {
    const { address, port, length } = packet;
    faults.report(error, during, { address, port, length, head: packet.head() });
  }

  function receiverFor(table: ClientTable): DatagramReceiver {
    return {
      datagram(packet) {
        try {
          const allocation = table.find(packet);
          if (forward(allocation, packet)) return;
          // Garbage is dropped first, before anything is allocated for it.
          if (looksLikeStun(packet)) handleMessage(allocation?.path ?? new UdpPath(table, packet), packet);
          else counters.denials.malformed++;
        } catch (error) {
          reportPacket(error, 'a datagram from a client', packet);
        }
      },
      sendFailed: (packet) => counters.sendToClientFailed(relayedLength(packet)),
    };
  }

  const connections = new Connections({
    io,
    counters,
    faults,
    now: now(),
    onMessage({ path }, message) {
      try {
        if (!forward(path.allocation, message)) handleMessage(path, message);
      } catch (error) {
        reportPacket(error, 'a message on a stream', message);
      }
    },
    onClosed({ path: { allocation } }) {
      if (allocation !== undefined) faults.guard('closing a connection', () => allocations.end(allocation));
    },
  });

  const stopSweeping = clock.every(SWEEP_MS, () => {
    faults.guard('resetting rates', () => rate.nextSecond());
    faults.guard('resetting bandwidth', () => bandwidth.nextSecond());
    for (const allocation of allocations.all()) {
      faults.guard('sweeping an allocation', () => allocations.sweepAllocation(allocation, now()));
    }
    faults.guard('sweeping reservations', () => allocations.sweepReservations(now()));
    faults.guard('sweeping connections', () => connections.sweep(now()));
  });

  return {
    addListener(socket, local) {
      const table = new ClientTable(socket, local);
      tables.add(table);
      return receiverFor(table);
    },
    closeListener(socket) {
      for (const table of [...tables]) {
        if (table.socket !== socket) continue;
        tables.delete(table);
        const ended = allocations.endIf(({ path }) => path instanceof UdpPath && path.isOf(table));
        log.debug("turn: closed a listener and ended its clients' allocations", { ...table.local, ended });
      }
      socket.close();
    },
    addConnection: (connection, client) => connections.open(connection, client),
    revoke: (userId) => faults.guard('revoking a user', () => revocations.revoke(userId)),
    setAddresses(current, lost) {
      Object.assign(relayed, relayedAddresses(current));
      // Reserved ports are bound to the addresses of before.
      allocations.endReservations();
      const ended = allocations.endIf((allocation) => lost.includes(allocation.relayed.address.text));
      if (ended > 0) log.info('turn: ended allocations whose relayed address is gone', { ended });
      const live = [...allocations.all()];
      policy.setAddresses(
        current,
        live.map((allocation) => allocation.relayed.address),
      );
      for (const { peers, user } of live) peers.reapply(policyFor(user, policies));
    },
    reportFault: (error, during) => faults.report(error, during),
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
