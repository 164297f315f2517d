import type { Family } from '../../codec/addresses.ts';
import type { Packet } from '../../codec/packet.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { DatagramReceiver, DatagramSocket, RelayIo } from '../relay-io.ts';
import type { UserTraffic } from '../traffic/bandwidth.ts';
import { PeerTable } from '../traffic/peer-table.ts';

/** Who made a request, and the allocation that it led to. */
export interface User {
  /** USERNAME. */
  readonly name: string;
  /** What quotas and revocations go by: the name after the expiry in a REST user name, or a static user's name. */
  readonly id: string;
  /** MD5(name:realm:password), the key of MESSAGE-INTEGRITY (RFC 8489 §9.2.2). */
  readonly key: Buffer;
  /** When the allocations of test credentials end, in ms of the monotonic clock; undefined for any other user. */
  readonly testEndsAt?: number;
}

/** A 5-tuple (RFC 8656 §2): how to reach a client, and its allocation. */
export interface ClientPath {
  readonly address: string;
  readonly port: number;
  /** Whether it is a TCP or TLS connection: ChannelData is padded, and the source address can't be forged. */
  readonly stream: boolean;
  readonly allocation: Allocation | undefined;
  /** Max bytes of one message to the client. */
  readonly maxMessageBytes: number;
  attach(allocation: Allocation): void;
  detach(): void;
  /**
   * Sends application data: a whole message, whose destination this sets. Copies what it keeps.
   * @returns false if it was dropped
   */
  send(message: Packet): boolean;
  /** Sends the response to a request, and keeps the buffer. */
  respond(message: Buffer): void;
}

/** Handles what arrives at relay sockets. */
export interface PeerTraffic {
  /** A peer sent `packet` to an allocation's relayed transport address. */
  fromPeer(allocation: Allocation, packet: Packet): void;
  /** The kernel refused a packet to a peer after it was counted as relayed. */
  sendToPeerFailed(length: number): void;
}

/** A relay socket. Without an allocation it is held for a reservation and drops what arrives. */
export class RelayPort implements DatagramReceiver {
  readonly family: Family;
  readonly port: number;
  allocation: Allocation | undefined;
  readonly #traffic: PeerTraffic;
  #socket: DatagramSocket | undefined;

  constructor(family: Family, port: number, traffic: PeerTraffic) {
    this.family = family;
    this.port = port;
    this.#traffic = traffic;
  }

  /** Returns false if the port is unavailable. */
  open(io: RelayIo): boolean {
    this.#socket = io.openRelay(this.family, this.port, this);
    return this.#socket !== undefined;
  }

  datagram(packet: Packet): void {
    if (this.allocation !== undefined) this.#traffic.fromPeer(this.allocation, packet);
  }

  sendFailed({ length }: Packet): void {
    this.#traffic.sendToPeerFailed(length);
  }

  /** Returns false if the packet was dropped. */
  send(packet: Packet): boolean {
    return this.#socket?.send(packet) ?? false;
  }

  close(): void {
    this.allocation = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }
}

/** What an Allocate was granted; retransmissions get the same (RFC 8656 §7.2). */
export interface Grant {
  /** Identifies retransmissions; 12 bytes. */
  readonly transactionId: Buffer;
  /** The relayed transport address, as peers see it. */
  readonly relayed: TransportAddress;
  readonly lifetimeSeconds: number;
  /** The family that ADDITIONAL-ADDRESS-FAMILY asked for besides, which no allocation gets. */
  readonly refusedFamily: Family | undefined;
  /** Names the reserved next port. */
  readonly reservationToken: Buffer | undefined;
}

interface AllocationInit {
  path: ClientPath;
  user: User;
  /** Counts the user's bytes. */
  traffic: UserTraffic;
  relay: RelayPort;
  grant: Grant;
  expiresAt: number;
}

/** One relayed transport address of one client, with the peers that it may reach (RFC 8656 §3.2). */
export class Allocation {
  readonly path: ClientPath;
  readonly user: User;
  readonly traffic: UserTraffic;
  readonly relay: RelayPort;
  readonly relayed: TransportAddress;
  readonly grant: Grant;
  /** Milliseconds of the monotonic clock. */
  expiresAt: number;
  /** Bytes of the current second, from and to the client. */
  bytesUp = 0;
  bytesDown = 0;
  /** Requests of the current second. */
  requests = 0;
  readonly peers = new PeerTable();

  constructor({ path, user, traffic, relay, grant, expiresAt }: AllocationInit) {
    this.path = path;
    this.user = user;
    this.traffic = traffic;
    this.relay = relay;
    this.relayed = grant.relayed;
    this.grant = grant;
    this.expiresAt = expiresAt;
  }

  /** Removes what has expired at `now` (ms of the monotonic clock) and starts a new second of counting. */
  sweep(now: number): void {
    this.bytesUp = 0;
    this.bytesDown = 0;
    this.requests = 0;
    this.peers.sweep(now);
  }
}
