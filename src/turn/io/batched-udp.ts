import type { DatagramReceiver, DatagramSocket, ListenerAddress } from '../core/relay-io.ts';
import { Descriptors } from './descriptors.ts';
import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { MessageVector } from './message-vector.ts';
import { Outgoing } from './outgoing.ts';
import { familyOf, PlainUdp } from './plain-udp.ts';
import { NAME_WORDS, SocketNames } from './socket-names.ts';

/**
 * Datagrams taken from a socket at once, beside the one that Node read. Node asks a socket up to 32 times before it goes
 * on to the next: a flooded one keeps the others waiting for 1,000 packets, or some 4 ms. Twice as many at once would
 * not be faster.
 */
const BATCH = 31;
/** Any datagram of UDP fits; not a multiple of 4,096, so that the beginnings don't share lines of the cache. */
const STRIDE_BYTES = 65_536 + 192;

/**
 * UDP sockets that take and send many datagrams with one call of the system, which costs a third of what Node takes for
 * each. A socket is Node's all the same: it says when something has come (and has read the first of it then), it sends
 * what the kernel doesn't take at once, and it closes the descriptor, also when the thread dies.
 */
export class BatchedUdp {
  readonly #libc: Libc;
  readonly #names: SocketNames;
  readonly #descriptors: Descriptors;
  readonly #incoming: MessageVector;
  readonly #outgoing: Outgoing;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#names = new SocketNames(libc);
    this.#descriptors = new Descriptors(libc, this.#names);
    this.#incoming = new MessageVector(libc, BATCH, STRIDE_BYTES);
    this.#outgoing = new Outgoing(libc, this.#names, this.#incoming);
  }

  /** As `OpenUdp` of udp.ts says. */
  readonly open = (
    address: string,
    port: number,
    receiverOf: (socket: DatagramSocket, local: ListenerAddress) => DatagramReceiver,
  ): BatchedSocket => {
    const family = familyOf(address);
    const descriptor = this.#descriptors.bind(family, address, port);
    const plain = new PlainUdp(family, { fd: descriptor });
    this.#descriptors.claim(descriptor);
    const socket = new BatchedSocket(descriptor, plain, this.#outgoing);
    const receiver = receiverOf(socket, socket.local);
    plain.deliverTo({
      datagram: (buffer, offset, length, from, fromPort) => {
        this.#outgoing.collect();
        try {
          receiver.datagram(buffer, offset, length, from, fromPort);
          this.#takeAll(socket, receiver);
        } finally {
          this.#outgoing.flush();
        }
      },
      refused: (buffer, offset, length) => receiver.refused?.(buffer, offset, length),
    });
    return socket;
  };

  /** Hands over what waits for a socket beside the datagram that Node has read. */
  #takeAll(socket: BatchedSocket, receiver: DatagramReceiver): void {
    const incoming = this.#incoming;
    const names = this.#names;
    if (socket.closed) return;
    const count = this.#libc.recvmmsg(socket.descriptor, incoming.at(0), BATCH, MSG_DONTWAIT, 0);
    for (let index = 0; index < count; index++) {
      incoming.renew(index);
      if (socket.closed) continue;
      receiver.datagram(
        incoming.memory,
        index * STRIDE_BYTES,
        incoming.received(index),
        names.text(incoming.names, index * NAME_WORDS),
        names.port(incoming.names, index * NAME_WORDS),
      );
    }
  }
}

export class BatchedSocket implements DatagramSocket {
  readonly descriptor: number;
  readonly local: ListenerAddress;
  readonly receiveBuffer: number;
  /** What is sent is copied, or is memory of ours. */
  readonly idle = true;
  closed = false;
  readonly #plain: PlainUdp;
  readonly #outgoing: Outgoing;

  constructor(descriptor: number, plain: PlainUdp, outgoing: Outgoing) {
    this.descriptor = descriptor;
    this.#plain = plain;
    this.#outgoing = outgoing;
    this.local = plain.local;
    this.receiveBuffer = plain.receiveBuffer;
  }

  send(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    if (this.closed || port === 0) return false;
    if (!this.#plain.idle) return this.sendAlone(buffer, offset, length, port, address);
    return this.#outgoing.add(this, buffer, offset, length, port, address);
  }

  /** Past the batch: what the kernel doesn't take at once waits, within bounds. */
  sendAlone(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean {
    const copy = Buffer.from(buffer.subarray(offset, offset + length));
    return this.#plain.send(copy, 0, length, port, address);
  }

  /** Whether nothing waits that was sent past the batch. */
  get ready(): boolean {
    return this.#plain.idle;
  }

  close(): void {
    if (this.closed) return;
    // What was sent before must leave by this socket, not by one that gets its number.
    this.#outgoing.flush();
    this.closed = true;
    this.#plain.close();
  }
}
