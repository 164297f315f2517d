import type { Family } from '../../codec/addresses.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { DatagramReceiver, DatagramSocket, RelayIo } from '../relay-io.ts';
import type { User } from '../requests/authentication.ts';
import type { UserTraffic } from '../traffic/bandwidth.ts';
import { PeerTable } from '../traffic/peer-table.ts';

/** A 5-tuple (RFC 8656 §2): how a client is reached, and which allocation is its. */
export interface ClientPath {
  readonly address: string;
  readonly port: number;
  /** TCP or TLS: messages are padded, and the address is no forgery. */
  readonly stream: boolean;
  readonly allocation: Allocation | undefined;
  /** Bytes of the largest message that can reach the client. */
  readonly largest: number;
  attach(allocation: Allocation): void;
  detach(): void;
  /**
   * Hands a whole message over, with data for the client: the first `length` bytes of a buffer that is the path's from
   * then on, unless the path is `idle` afterwards. false: dropped.
   */
  send(message: Buffer, length: number): boolean;
  /** Whether all that was sent has been copied. Never on streams. */
  readonly idle: boolean;
  /** The same for the answer to a request. */
  answer(message: Buffer): void;
}

/** What becomes of a datagram that a peer sent to an allocation. */
export interface PeerTraffic {
  down(
    allocation: Allocation,
    buffer: Buffer,
    offset: number,
    length: number,
    address: string,
    port: number,
  ): void;
  /** The kernel refused a datagram to a peer that was counted as relayed. */
  refusedUp(length: number): void;
}

/** A relay socket. Without an allocation it is only held for a reservation, and what arrives is dropped. */
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

  /** false: the port can't be had. */
  open(io: RelayIo): boolean {
    this.#socket = io.openRelay(this.family, this.port, this);
    return this.#socket !== undefined;
  }

  datagram(buffer: Buffer, offset: number, length: number, address: string, port: number): void {
    if (this.allocation === undefined) return;
    this.#traffic.down(this.allocation, buffer, offset, length, address, port);
  }

  refused(_buffer: Buffer, _offset: number, length: number): void {
    this.#traffic.refusedUp(length);
  }

  /** false: it was dropped. */
  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    return this.#socket?.send(buffer, offset, length, port, address) ?? false;
  }

  close(): void {
    this.allocation = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }
}

interface AllocationStart {
  path: ClientPath;
  user: User;
  /** Where the user's bytes are counted. */
  traffic: UserTraffic;
  relay: RelayPort;
  /** How peers see it. */
  relayed: TransportAddress;
  expiresAt: number;
  /** Of the Allocate that made it. */
  transactionId: Buffer;
}

/** One relayed transport address of one client, with what it may reach (RFC 8656 §3.2). */
export class Allocation {
  readonly path: ClientPath;
  readonly user: User;
  readonly traffic: UserTraffic;
  readonly relay: RelayPort;
  readonly relayed: TransportAddress;
  /** Milliseconds of the monotonic clock. */
  expiresAt: number;
  readonly transactionId: Buffer;
  /** The answer to the Allocate, for its retransmissions (RFC 8656 §7.2 step 2). */
  answer: Buffer = Buffer.alloc(0);
  /** Bytes of this second, from and to the client. */
  bytesUp = 0;
  bytesDown = 0;
  /** Requests of this second. */
  requests = 0;
  readonly peers = new PeerTable();

  constructor(start: AllocationStart) {
    this.path = start.path;
    this.user = start.user;
    this.traffic = start.traffic;
    this.relay = start.relay;
    this.relayed = start.relayed;
    this.expiresAt = start.expiresAt;
    this.transactionId = start.transactionId;
  }

  /** Forgets what expired by `now` and begins a new second of bandwidth. */
  sweep(now: number): void {
    this.bytesUp = 0;
    this.bytesDown = 0;
    this.requests = 0;
    this.peers.sweep(now);
  }
}
