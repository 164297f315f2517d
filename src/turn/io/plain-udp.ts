import { createSocket, type Socket } from 'node:dgram';
import type { Family } from '../codec/addresses.ts';
import { Packet } from '../codec/packet.ts';
import type { DatagramReceiver, DatagramSocket, SocketAddress } from '../core/relay-io.ts';

/** Max bytes that wait in Node to be sent by one socket, besides what the kernel holds; above, datagrams are dropped. */
export const MAX_QUEUED_BYTES = 262_144;

/**
 * Bytes that the kernel buffers for a socket each way, if its own limit (net.core.rmem_max, wmem_max) permits: about 900
 * packets of video, or 10 ms at 90,000 packets per second. With larger buffers a flood's packets would wait until they have
 * left the CPU's caches, which makes the relay 3 % slower.
 */
export const BUFFER_BYTES = 1_048_576;

/** An `OpenUdp` (see udp.ts) whose datagrams are received and sent one by one, as Node does. */
export function openPlainUdp(
  address: string,
  port: number,
  receiverFor: (socket: DatagramSocket, local: SocketAddress) => DatagramReceiver,
): PlainUdp {
  const plain = new PlainUdp(familyOf(address), { address, port });
  plain.deliverTo(receiverFor(plain, plain.local));
  return plain;
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** A UDP socket of Node's. */
export class PlainUdp implements DatagramSocket {
  readonly local: SocketAddress;
  /** Bytes of received datagrams that the kernel buffers. */
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #received = new Packet();
  #receiver: DatagramReceiver | undefined;
  #open = true;
  /** Bytes that waited in Node after the last `send`. */
  #queuedBytes = 0;

  /**
   * @param at where to bind, or the descriptor of a bound socket, which this closes in the end
   * @throws the system's error
   */
  constructor(family: Family, at: SocketAddress | { readonly fd: number }) {
    this.#socket = bind(family, at);
    const { address, port } = this.#socket.address();
    this.local = { address, port };
    enlargeBuffers(this.#socket);
    this.receiveBufferBytes = this.#socket.getRecvBufferSize();
  }

  deliverTo(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#socket.on('message', (datagram, { address, port }) =>
      receiver.datagram(this.#received.set(datagram, 0, datagram.length, address, port)),
    );
  }

  send(packet: Packet): boolean {
    const { address, port } = packet;
    // Node throws for port 0, which a datagram can claim to come from, and queues without limit while the link is slow.
    if (!this.#open || port === 0) return false;
    if (this.hasQueue && this.#queuedBytes > MAX_QUEUED_BYTES) return false;
    // Node reads the memory later if the kernel doesn't take the datagram at once.
    const copy = Buffer.from(packet.view());
    // Without a callback Node doesn't report a datagram that the kernel refuses.
    this.#socket.send(copy, port, address, (error) => {
      if (error === null) return;
      this.#receiver?.sendFailed?.(new Packet().set(copy, 0, copy.length, address, port));
    });
    this.#queuedBytes = this.#socket.getSendQueueSize();
    return true;
  }

  /** Whether datagrams wait in Node because the kernel didn't take them at once, as nearly always it does. */
  get hasQueue(): boolean {
    if (this.#queuedBytes > 0 && this.#open) this.#queuedBytes = this.#socket.getSendQueueSize();
    return this.#queuedBytes > 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.removeAllListeners('message');
    this.#socket.close();
  }
}

/** With a synchronous look-up (addresses here are IP addresses) Node binds within the call, and sends without a delay. */
function bind(family: Family, at: SocketAddress | { readonly fd: number }): Socket {
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: (name, _options, callback) => callback(null, name, family),
  });
  let failure: Error | undefined;
  // Never removed: an ICMP error that Linux reports on a socket must not end the thread.
  socket.on('error', (error) => {
    failure = error;
  });
  socket.bind({ ...at, exclusive: true });
  if (failure === undefined) return socket;
  socket.close();
  throw failure;
}

function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // The kernel keeps its own size, so datagrams are dropped earlier under load.
  }
}
