import { createSocket, type Socket } from 'node:dgram';
import { TURN_SEND_BYTES } from '../../protocol/limits.ts';
import type { Family } from '../codec/addresses.ts';
import { partOf } from '../codec/part-of.ts';
import type { DatagramReceiver, DatagramSocket, ListenerAddress } from '../core/relay-io.ts';

/**
 * Bytes that the kernel keeps for a socket each way, if its own bound (net.core.rmem_max, wmem_max) lets it: some 900
 * packets of video, or 10 ms at 90,000 a second. More would only let a flood's packets wait longer, until they are in
 * no cache of the processor any more, and slow the relay down by 3 %.
 */
const BUFFER_BYTES = 1_048_576;

/** A bound UDP socket. */
export interface UdpSocket extends DatagramSocket {
  readonly local: ListenerAddress;
  /** Bytes of received datagrams that the kernel keeps for it. */
  readonly receiveBuffer: number;
}

/**
 * Opens and binds at once.
 * @param receiverOf who gets the datagrams; the socket is passed so that answers can leave by it
 * @param port 0: any free one
 * @throws the system's error (EADDRINUSE, EADDRNOTAVAIL …)
 */
export function listenUdp(
  address: string,
  port: number,
  receiverOf: (socket: DatagramSocket, local: ListenerAddress) => DatagramReceiver,
): UdpSocket {
  const bound = bind(address.includes(':') ? 6 : 4, address, port);
  if (bound instanceof Error) throw bound;
  const listener = new OpenSocket(bound);
  receive(bound, receiverOf(listener, listener.local));
  return listener;
}

/** What to tell the administrator of a listener whose kernel grants it less than it asked for. */
export function bufferAdvice(receiveBuffer: number): string | undefined {
  if (receiveBuffer >= BUFFER_BYTES) return undefined;
  return (
    `the kernel keeps ${receiveBuffer} bytes of what arrives for the relay: with many calls at once packets may be ` +
    `lost while the machine is busy. To let it keep more: sysctl -w net.core.rmem_max=${BUFFER_BYTES}`
  );
}

/** A relay socket on `address`; undefined where the port can't be had. */
export function openRelaySocket(
  family: Family,
  address: string,
  port: number,
  receiver: DatagramReceiver,
): UdpSocket | undefined {
  const bound = bind(family, address, port);
  if (bound instanceof Error) return undefined;
  receive(bound, receiver);
  return new OpenSocket(bound);
}

class OpenSocket implements UdpSocket {
  readonly local: ListenerAddress;
  readonly receiveBuffer: number;
  readonly #socket: Socket;
  #open = true;
  /** Bytes that waited to leave after the last `send`. */
  #waiting = 0;

  constructor(socket: Socket) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    enlargeBuffers(socket);
    this.receiveBuffer = socket.getRecvBufferSize();
  }

  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    // Node throws at port 0, which a datagram can very well claim to come from; and where the link is slower than we
    // are, it would keep whatever the kernel doesn't take.
    if (!this.#open || port === 0 || (!this.idle && this.#waiting > TURN_SEND_BYTES)) return false;
    this.#socket.send(partOf(buffer, offset, length), port, address);
    this.#waiting = this.#socket.getSendQueueSize();
    return true;
  }

  get idle(): boolean {
    if (this.#waiting > 0 && this.#open) this.#waiting = this.#socket.getSendQueueSize();
    return this.#waiting === 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.removeAllListeners('message');
    this.#socket.close();
  }
}

/**
 * With a look-up that answers at once Node binds within the call, and a send costs no turn of the event loop either:
 * addresses here are IP addresses already.
 */
function bind(family: Family, address: string, port: number): Socket | Error {
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: (name, _options, callback) => callback(null, name, family),
  });
  let failure: Error | undefined;
  // For good: an ICMP error that Linux hands to a socket must not end the thread.
  socket.on('error', (error) => {
    failure = error;
  });
  socket.bind({ port, address, exclusive: true });
  if (failure === undefined) return socket;
  socket.close();
  return failure;
}

function receive(socket: Socket, receiver: DatagramReceiver): void {
  socket.on('message', (datagram, { address, port }) =>
    receiver.datagram(datagram, 0, datagram.length, address, port),
  );
}

function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // A kernel that refuses leaves its own size: datagrams drop earlier, nothing else.
  }
}
