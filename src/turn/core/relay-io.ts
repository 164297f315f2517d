import type { Family } from '../codec/addresses.ts';
import type { Packet } from '../codec/packet.ts';

/**
 * What the engine needs from sockets and the event loop. IP addresses are text as Node's sockets read and write it
 * (`203.0.113.7`, `2001:db8::1`, as inet_ntop does): converting it to numbers and back would cost more per packet than the
 * engine itself. Nothing here allocates an object, closure or string per packet.
 */
export interface RelayIo {
  /**
   * Binds a UDP socket of `family` (IPv6 only, for 6) to the relay address at `port` and passes each datagram that it
   * receives to `receiver`. Returns undefined if the port is unavailable: try another.
   */
  openRelay(family: Family, port: number, receiver: DatagramReceiver): DatagramSocket | undefined;
  /** Whether one more socket leaves enough file descriptors for the rest of the process. */
  hasSpareDescriptors(): boolean;
  /** Calls `run` once, after every socket that is ready by then has been read. */
  nextTurn(run: () => void): void;
}

/** A listener toward clients or a relay socket toward peers; one shape for both keeps call sites monomorphic. */
export interface DatagramSocket {
  /**
   * Sends `packet` to its address and port. Copies what it keeps. Never throws.
   * @returns false if the packet was dropped because the send queue is full or the socket is closed
   */
  send(packet: Packet): boolean;
  /** Closes the socket; its receiver isn't called again. */
  close(): void;
}

/** Methods never throw, and copy what they keep of a packet. They may send it on by a socket of the same `RelayIo`. */
export interface DatagramReceiver {
  /** `packet` is one whole datagram of any bytes, possibly none, from its address and port. */
  datagram(packet: Packet): void;
  /** The kernel refused a packet soon after `DatagramSocket.send` took it: no route, or a firewall forbids it. */
  sendFailed?(packet: Packet): void;
}

/** A client's TCP or TLS connection. */
export interface StreamConnection {
  /**
   * Queues a whole message, padded if it is ChannelData, and keeps the buffer.
   * @param isResponse may use the part of the write buffer that is reserved for responses
   * @returns false if the message was dropped because the write buffer is full or the connection closed
   */
  write(message: Buffer, isResponse: boolean): boolean;
  /** Stops reading: the receiver gets no data until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes the connection. `StreamReceiver.closed` may or may not follow. */
  close(): void;
}

export interface StreamReceiver {
  /** Receives bytes; may keep views of them. Never throws. */
  data(chunk: Buffer): void;
  /** The connection is closed; its allocation ends (RFC 8656 §3.1: the 5-tuple no longer exists). */
  closed(): void;
}

/** One end of a connection or of a datagram's way. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}
