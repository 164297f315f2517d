import { createSocket, type Socket } from 'node:dgram';
import { TURN_SEND_BYTES } from '../../protocol/limits.ts';
import type { Family } from '../codec/addresses.ts';
import type { DatagramReceiver, DatagramSocket, ListenerAddress } from '../core/relay-io.ts';

/** Bytes that the kernel keeps for a socket each way; it cuts them to its own bound (net.core.rmem_max, wmem_max). */
const LISTENER_BUFFER = 8_388_608;
const RELAY_BUFFER = 2_097_152;

/** A bound UDP socket. */
export interface UdpSocket extends DatagramSocket {
  readonly local: ListenerAddress;
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
  const listener = new OpenSocket(bound, LISTENER_BUFFER);
  receive(bound, receiverOf(listener, listener.local));
  return listener;
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
  return new OpenSocket(bound, RELAY_BUFFER);
}

class OpenSocket implements UdpSocket {
  readonly local: ListenerAddress;
  readonly #socket: Socket;
  #open = true;

  constructor(socket: Socket, bufferBytes: number) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    enlargeBuffers(socket, bufferBytes);
  }

  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    // Node throws at port 0, which a datagram can very well claim to come from; and where the link is slower than we
    // are, it would keep whatever the kernel doesn't take.
    if (!this.#open || port === 0 || this.#socket.getSendQueueSize() > TURN_SEND_BYTES) return false;
    // Of a part a view is made here: Node's own way to say which part costs more than that.
    const whole = offset === 0 && length === buffer.length;
    const part = whole ? buffer : new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
    this.#socket.send(part, port, address);
    return true;
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
  socket.on('message', (datagram, { address, port }) => receiver.datagram(datagram, address, port));
}

function enlargeBuffers(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
    socket.setSendBufferSize(bytes);
  } catch {
    // A kernel that refuses leaves its own size: datagrams drop earlier, nothing else.
  }
}
