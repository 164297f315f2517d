import { networkKey } from '../../../lib/addresses.ts';
import { looksLikeChannelData } from '../../codec/channel-data.ts';
import { StreamDeframer } from '../../codec/deframer.ts';
import { LARGEST_MESSAGE_BYTES } from '../../codec/message.ts';
import type { Packet } from '../../codec/packet.ts';
import { SEND_INDICATION } from '../../codec/send-indication.ts';
import type { SocketAddress, StreamConnection, StreamReceiver } from '../relay-io.ts';
import { StreamPath } from './client-path.ts';
import type { ScheduledStream, StreamScheduler } from './stream-scheduler.ts';

/** Max messages per second on a connection without an allocation; above, it is closed. A client needs two or three. */
export const MAX_PENDING_MESSAGES = 10;
/** Max bytes of one message on a connection without an allocation; with one, `LARGEST_MESSAGE_BYTES`. */
export const MAX_PENDING_MESSAGE_BYTES = 2_048;
/** Max bytes of one read from a connection without an allocation: a second's messages, all of the largest size. */
const MAX_PENDING_CHUNK_BYTES = MAX_PENDING_MESSAGES * MAX_PENDING_MESSAGE_BYTES;

/** Cost of a request, mainly two HMACs, relative to relaying a small datagram. */
const REQUEST_COST = 4;
/** Bytes of a message that add 1 to its cost. */
const COST_BYTES = 2_048;

/** Handles a connection's messages and its end. */
export interface StreamOwner {
  /** Never throws. */
  message(client: StreamClient, message: Packet): void;
  /** An exception of the relay's own while it cut the stream into messages. */
  deframingFailed(client: StreamClient, error: unknown): void;
  closed(client: StreamClient): void;
  /** The client got or lost its allocation. */
  allocationChanged(client: StreamClient): void;
}

/** One TCP or TLS connection of a client: cuts the stream into messages, which `StreamScheduler` hands out in turn. */
export class StreamClient implements StreamReceiver, ScheduledStream {
  readonly path: StreamPath;
  /** The network (IPv4 address or IPv6 /64) whose connections are limited together. */
  readonly network: string;
  /** Whether a complete message came since the last idle check; single bytes don't count. */
  active = true;
  hasInput = false;
  readonly #connection: StreamConnection;
  readonly #owner: StreamOwner;
  readonly #scheduler: StreamScheduler;
  readonly #deframer: StreamDeframer;
  #open = true;
  #paused = false;
  /** Messages of the current second. */
  #messages = 0;

  constructor(
    connection: StreamConnection,
    client: SocketAddress,
    owner: StreamOwner,
    scheduler: StreamScheduler,
  ) {
    this.#connection = connection;
    this.#owner = owner;
    this.#scheduler = scheduler;
    this.#deframer = new StreamDeframer(MAX_PENDING_MESSAGE_BYTES, client.address, client.port);
    this.network = networkKey(client.address);
    this.path = new StreamPath(connection, client, () => owner.allocationChanged(this));
  }

  get hasAllocation(): boolean {
    return this.path.allocation !== undefined;
  }

  data(chunk: Buffer): void {
    if (!this.#open) return;
    if (!this.hasAllocation && chunk.length > MAX_PENDING_CHUNK_BYTES) {
      this.close();
      return;
    }
    this.#deframer.push(chunk);
    this.hasInput = true;
    this.#scheduler.inputArrived(this);
    if (this.hasInput && !this.#paused) {
      this.#paused = true;
      this.#connection.pause();
    }
  }

  serve(budget: number): number {
    let cost = 0;
    try {
      while (this.hasInput && cost < budget) cost += this.#handleNext();
    } catch (error) {
      this.#owner.deframingFailed(this, error);
      this.close();
    }
    if (!this.hasInput && this.#paused && this.#open) {
      this.#paused = false;
      this.#connection.resume();
    }
    return cost;
  }

  /** Counts one message; returns false if a client without an allocation has sent its max in this second. */
  countMessage(): boolean {
    return ++this.#messages <= MAX_PENDING_MESSAGES;
  }

  /** Starts a new second of counting. */
  nextSecond(): void {
    this.#messages = 0;
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.hasInput = false;
    this.#scheduler.remove(this);
    this.#owner.closed(this);
  }

  close(): void {
    if (!this.#open) return;
    this.closed();
    this.#connection.close();
  }

  /** Handles the next complete message, if there is one. @returns its cost */
  #handleNext(): number {
    const deframer = this.#deframer;
    // Only an authenticated client may make the relay assemble large messages.
    deframer.limit = this.hasAllocation ? LARGEST_MESSAGE_BYTES : MAX_PENDING_MESSAGE_BYTES;
    if (!deframer.next()) {
      this.hasInput = false;
      if (deframer.broken) this.close();
      return 0;
    }
    const { message } = deframer;
    const cost = costOf(message);
    this.active = true;
    this.#owner.message(this, message);
    return cost;
  }
}

/** In units of relaying one small datagram, about 10 µs. */
function costOf({ bytes, offset, length }: Packet): number {
  const isData = looksLikeChannelData(bytes[offset] ?? 0) || bytes.readUInt16BE(offset) === SEND_INDICATION;
  return (isData ? 1 : REQUEST_COST) + Math.floor(length / COST_BYTES);
}
