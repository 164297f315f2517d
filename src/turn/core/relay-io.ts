import type { Family } from '../codec/addresses.ts';

/**
 * What the core asks of the outside. Addresses pass as the text that Node's sockets give and take (`203.0.113.7`,
 * `2001:db8::1`: what inet_ntop writes), since making numbers of it and text again would cost more per packet than
 * the core itself. Nothing here makes an object, a closure or a string for a packet; handles are made once for each
 * socket or connection.
 */
export interface RelayIo {
  /**
   * Opens a UDP socket of that family on the relay address at `port` (IPv6 sockets are IPv6 only) and hands every
   * datagram that it receives to `receiver`. Bound when it returns. `undefined`: the port can't be had, try another.
   */
  openRelay(family: Family, port: number, receiver: DatagramReceiver): DatagramSocket | undefined;
  /** Whether one more socket leaves enough descriptors to the rest of the process. */
  hasSpareDescriptors(): boolean;
  /** Calls `run` once, after every socket that is ready by then has been read. */
  nextTurn(run: () => void): void;
}

/** A listener toward clients or a relay socket toward peers. One shape for both keeps call sites monomorphic. */
export interface DatagramSocket {
  /**
   * Sends `length` bytes from `offset`. The buffer belongs to the socket from then on: nobody writes to it again
   * unless the socket is `idle` afterwards. Never throws, and says nothing of what the network makes of it.
   * @returns false: dropped, as too much waits to leave, or the socket is closed
   */
  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean;
  /** Whether the kernel has copied all that was sent, as it nearly always has when `send` returns. */
  readonly idle: boolean;
  /** Ends it; nothing reaches the receiver afterwards. */
  close(): void;
}

/**
 * `length` bytes from `offset` are a whole datagram, of any bytes, also empty. They are lent: the receiver may send them
 * on by a socket of the same `RelayIo`, and must copy what it keeps. Never throws.
 */
export interface DatagramReceiver {
  datagram(buffer: Buffer, offset: number, length: number, address: string, port: number): void;
  /**
   * The kernel refused to send what `DatagramSocket.send` had taken: there is no route, or a firewall forbids it. Comes soon
   * after that call. Never throws.
   */
  refused?(buffer: Buffer, offset: number, length: number): void;
}

/** One TCP or TLS connection of a client. */
export interface StreamConnection {
  /**
   * Takes a whole message (padded where need be).
   * @param answer to a request: it may use what is set apart for answers
   * @returns false: dropped whole, as the write buffer is above its bound, or the connection is gone
   */
  write(buffer: Buffer, answer: boolean): boolean;
  /** Stops reading: the receiver gets no bytes until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the connection. `StreamReceiver.closed` need not follow, and does nothing if it does. */
  close(): void;
}

export interface StreamReceiver {
  /** Bytes as they came; the receiver may keep views of them. Never throws. */
  data(chunk: Buffer): void;
  /** The connection is gone: its allocation ends (RFC 8656 §3.1, the 5-tuple no longer exists). */
  closed(): void;
}

export type ClientTransport = 'udp' | 'tcp' | 'tls';

/** The server's side of a 5-tuple: where a listener is bound. */
export interface ListenerAddress {
  readonly address: string;
  readonly port: number;
}

export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}
