import { Packet } from '../codec/packet.ts';
import type { DatagramReceiver, DatagramSocket, SocketAddress } from '../core/relay-io.ts';
import { Descriptors } from './descriptors.ts';
import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { MessageVector } from './message-vector.ts';
import { Outgoing } from './outgoing.ts';
import { familyOf, PlainUdp } from './plain-udp.ts';
import { NAME_WORDS, SocketNames } from './socket-names.ts';

/**
 * Datagrams received per batch, in addition to the one that Node read. Node reads a socket up to 32 times before it goes on to the next,
 * so a flooded socket delays the others by about 1,000 packets, or 4 ms. A batch of twice the size isn't faster.
 */
const BATCH = 31;
/** Fits any UDP datagram. Not a multiple of 4,096, so that the starts of datagrams don't compete for the same cache lines. */
const STRIDE_BYTES = 65_536 + 192;

/**
 * UDP sockets that receive and send many datagrams per system call, at a third of Node's cost per datagram. Each still wraps a
 * Node socket, which signals that datagrams have come (having read the first of them), sends what the kernel refuses at first,
 * and closes the descriptor, even if the thread dies.
 */
export class BatchedUdp {
  readonly #libc: Libc;
  readonly #names: SocketNames;
  readonly #descriptors: Descriptors;
  readonly #incoming: MessageVector;
  readonly #outgoing: Outgoing;
  readonly #received = new Packet();

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#names = new SocketNames(libc);
    this.#descriptors = new Descriptors(libc, this.#names);
    this.#incoming = new MessageVector(libc, BATCH, STRIDE_BYTES);
    this.#outgoing = new Outgoing(libc, this.#names, this.#incoming);
  }

  /** An `OpenUdp`, see udp.ts. */
  readonly open = (
    address: string,
    port: number,
    receiverFor: (socket: DatagramSocket, local: SocketAddress) => DatagramReceiver,
  ): BatchedSocket => {
    const family = familyOf(address);
    const descriptor = this.#descriptors.bind(family, address, port);
    const plain = new PlainUdp(family, { fd: descriptor });
    this.#descriptors.disallowReuse(descriptor);
    const socket = new BatchedSocket(descriptor, plain, this.#outgoing);
    const receiver = receiverFor(socket, socket.local);
    plain.deliverTo({
      datagram: (first) => {
        this.#outgoing.collect();
        try {
          receiver.datagram(first);
          this.#receiveBatch(socket, receiver);
        } finally {
          this.#outgoing.flush();
        }
      },
      sendFailed: (packet) => receiver.sendFailed?.(packet),
    });
    return socket;
  };

  /** Delivers what waits at a socket after the datagram that Node has read. */
  #receiveBatch(socket: BatchedSocket, receiver: DatagramReceiver): void {
    if (socket.closed) return;
    const incoming = this.#incoming;
    const names = this.#names;
    const count = this.#libc.recvmmsg(socket.descriptor, incoming.at(0), BATCH, MSG_DONTWAIT, 0);
    for (let index = 0; index < count; index++) {
      incoming.resetName(index);
      if (socket.closed) continue;
      const address = names.text(incoming.names, index * NAME_WORDS);
      const port = names.port(incoming.names, index * NAME_WORDS);
      const length = incoming.received(index);
      receiver.datagram(this.#received.set(incoming.memory, index * STRIDE_BYTES, length, address, port));
    }
  }
}

export class BatchedSocket implements DatagramSocket {
  readonly descriptor: number;
  readonly local: SocketAddress;
  readonly receiveBufferBytes: number;
  closed = false;
  readonly #plain: PlainUdp;
  readonly #outgoing: Outgoing;

  constructor(descriptor: number, plain: PlainUdp, outgoing: Outgoing) {
    this.descriptor = descriptor;
    this.#plain = plain;
    this.#outgoing = outgoing;
    this.local = plain.local;
    this.receiveBufferBytes = plain.receiveBufferBytes;
  }

  send(packet: Packet): boolean {
    if (this.closed || packet.port === 0) return false;
    // Behind what already waits, so that the order is kept.
    if (this.#plain.hasQueue) return this.#plain.send(packet);
    return this.#outgoing.add(this, packet);
  }

  /** Sends by Node, past the batch: what the kernel doesn't take at once waits there, up to a limit. */
  sendByNode(packet: Packet): boolean {
    return this.#plain.send(packet);
  }

  /** Whether nothing waits in Node, so that a batch may be sent. */
  get isReady(): boolean {
    return !this.#plain.hasQueue;
  }

  close(): void {
    if (this.closed) return;
    // Sends what was collected, because another socket may get this descriptor's number.
    this.#outgoing.flush();
    this.closed = true;
    this.#plain.close();
  }
}
