import { networkKey } from '../../../lib/addresses.ts';
import { looksLikeChannelData } from '../../codec/channel-data.ts';
import { StreamDeframer } from '../../codec/deframer.ts';
import { SEND_INDICATION } from '../../codec/send-indication.ts';
import { LARGEST_MESSAGE_BYTES } from '../../codec/sizes.ts';
import type { ClientAddress, StreamConnection, StreamReceiver } from '../relay-io.ts';
import { StreamPath } from './client-path.ts';
import type { Served, StreamTurns } from './stream-scheduler.ts';

/** Messages a second on a TURN connection without an allocation; above, it is closed. A client needs two or three. */
export const TURN_STRANGER_MESSAGES = 10;
/** Bytes of one message on a TURN connection that has no allocation; with one, what the length field can say. */
export const TURN_STRANGER_FRAME_BYTES = 2_048;

/** Bytes that a stranger may send at once: as many messages as it may send in a second, all of the largest kind. */
const STRANGER_CHUNK_BYTES = TURN_STRANGER_MESSAGES * TURN_STRANGER_FRAME_BYTES;
/** What a request costs, two HMACs above all, if passing a datagram on costs 1. */
const REQUEST_COST = 4;
/** Bytes of a message that cost as much again. */
const COST_BYTES = 2_048;

/** What the engine does with the messages and the end of a connection. */
export interface StreamOwner {
  /** Never throws. */
  packet(client: StreamClient, buffer: Buffer, offset: number, length: number): void;
  /** An exception of our own while the stream was cut into messages. */
  failed(client: StreamClient, error: unknown): void;
  gone(client: StreamClient): void;
  /** It got an allocation, or lost it. */
  changed(client: StreamClient): void;
}

/** One TCP or TLS connection: the stream cut into messages, and their path back. */
export class StreamClient implements StreamReceiver, Served {
  readonly path: StreamPath;
  /** The network that bounds count by. */
  readonly network: string;
  /** Whether a whole message came since the last sweep that looked: single bytes are no sign of life. */
  active = true;
  waits = false;
  readonly #connection: StreamConnection;
  readonly #owner: StreamOwner;
  readonly #turns: StreamTurns;
  readonly #deframer = new StreamDeframer(TURN_STRANGER_FRAME_BYTES);
  #open = true;
  #paused = false;
  /** Messages of this second. */
  #messages = 0;

  constructor(connection: StreamConnection, client: ClientAddress, owner: StreamOwner, turns: StreamTurns) {
    this.#connection = connection;
    this.#owner = owner;
    this.#turns = turns;
    this.network = networkKey(client.address);
    this.path = new StreamPath(connection, client, () => owner.changed(this));
  }

  get isStranger(): boolean {
    return this.path.allocation === undefined;
  }

  data(chunk: Buffer): void {
    if (!this.#open) return;
    if (this.isStranger && chunk.length > STRANGER_CHUNK_BYTES) {
      this.close();
      return;
    }
    this.#deframer.push(chunk);
    this.waits = true;
    this.#turns.arrived(this);
    if (this.waits && !this.#paused) {
      this.#paused = true;
      this.#connection.pause();
    }
  }

  serve(most: number): number {
    let cost = 0;
    try {
      while (this.waits && cost < most) cost += this.#next();
    } catch (error) {
      this.#owner.failed(this, error);
      this.close();
    }
    if (!this.waits && this.#paused && this.#open) {
      this.#paused = false;
      this.#connection.resume();
    }
    return cost;
  }

  /** Whether a stranger may send one more message in this second. */
  mayAsk(): boolean {
    return ++this.#messages <= TURN_STRANGER_MESSAGES;
  }

  /** To be called once a second. */
  nextSecond(): void {
    this.#messages = 0;
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.waits = false;
    this.#turns.forget(this);
    this.#owner.gone(this);
  }

  close(): void {
    if (!this.#open) return;
    this.closed();
    this.#connection.close();
  }

  /** Handles one message, if there is a whole one. @returns what it cost */
  #next(): number {
    const deframer = this.#deframer;
    // Only who authenticated may make us put large messages together.
    deframer.limit = this.isStranger ? TURN_STRANGER_FRAME_BYTES : LARGEST_MESSAGE_BYTES;
    if (!deframer.next()) {
      this.waits = false;
      if (deframer.broken) this.close();
      return 0;
    }
    const { buffer, offset, length } = deframer;
    this.active = true;
    this.#owner.packet(this, buffer, offset, length);
    return costOf(buffer, offset, length);
  }
}

/** In units of a small datagram that is passed on: some 10 µs. */
function costOf(buffer: Buffer, offset: number, length: number): number {
  const isData = looksLikeChannelData(buffer[offset] ?? 0) || buffer.readUInt16BE(offset) === SEND_INDICATION;
  return (isData ? 1 : REQUEST_COST) + Math.floor(length / COST_BYTES);
}
