import { createSocket, type Socket } from 'node:dgram';
import type { Family } from '../codec/addresses.ts';
import { partOf } from '../codec/part-of.ts';
import type { DatagramReceiver, DatagramSocket, ListenerAddress } from '../core/relay-io.ts';

/** Bytes that wait to leave by one UDP socket of the relay, beyond what the kernel holds; above, datagrams are dropped. */
export const TURN_SEND_BYTES = 262_144;

/**
 * Bytes that the kernel keeps for a socket each way, if its own bound (net.core.rmem_max, wmem_max) lets it: some 900
 * packets of video, or 10 ms at 90,000 a second. More would only let a flood's packets wait longer, until they are in
 * no cache of the processor any more, and slow the relay down by 3 %.
 */
export const BUFFER_BYTES = 1_048_576;

/** Opens as `OpenUdp` of udp.ts says; datagrams come and go one by one, as Node has them. */
export function openPlainUdp(
  address: string,
  port: number,
  receiverOf: (socket: DatagramSocket, local: ListenerAddress) => DatagramReceiver,
): PlainUdp {
  const plain = new PlainUdp(familyOf(address), { address, port });
  plain.deliverTo(receiverOf(plain, plain.local));
  return plain;
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** A socket of Node's. */
export class PlainUdp implements DatagramSocket {
  readonly local: ListenerAddress;
  /** Bytes of received datagrams that the kernel keeps for it. */
  readonly receiveBuffer: number;
  readonly #socket: Socket;
  #receiver: DatagramReceiver | undefined;
  #open = true;
  /** Bytes that waited to leave after the last `send`. */
  #waiting = 0;

  /**
   * @param where an address and port to be bound to, or the descriptor of a socket that is bound, and Node's to close
   * from then on
   * @throws the system's error
   */
  constructor(family: Family, where: ListenerAddress | { readonly fd: number }) {
    this.#socket = bind(family, where);
    const { address, port } = this.#socket.address();
    this.local = { address, port };
    enlargeBuffers(this.#socket);
    this.receiveBuffer = this.#socket.getRecvBufferSize();
  }

  deliverTo(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#socket.on('message', (datagram, { address, port }) =>
      receiver.datagram(datagram, 0, datagram.length, address, port),
    );
  }

  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    // Node throws at port 0, which a datagram can very well claim to come from; and where the link is slower than we
    // are, it would keep whatever the kernel doesn't take.
    if (!this.#open || port === 0 || (!this.idle && this.#waiting > TURN_SEND_BYTES)) return false;
    // Without a callback Node keeps quiet about a datagram that the kernel refuses.
    this.#socket.send(partOf(buffer, offset, length), port, address, (error) => {
      if (error !== null) this.#receiver?.refused?.(buffer, offset, length);
    });
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
function bind(family: Family, where: ListenerAddress | { readonly fd: number }): Socket {
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
  socket.bind({ ...where, exclusive: true });
  if (failure === undefined) return socket;
  socket.close();
  throw failure;
}

function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // A kernel that refuses leaves its own size: datagrams drop earlier, nothing else.
  }
}
