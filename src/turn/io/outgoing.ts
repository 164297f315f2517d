import { Packet } from '../codec/packet.ts';
import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { MessageVector } from './message-vector.ts';
import { NAME_WORDS, type SocketNames } from './socket-names.ts';

const BATCH = 32;
/** Room for one datagram. Larger ones, which are rare because they are fragmented, are sent by Node. */
const STRIDE_BYTES = 2_048 + 64;

/** What a batch needs of a socket. */
interface Sender {
  readonly descriptor: number;
  readonly isReady: boolean;
  sendByNode(packet: Packet): boolean;
}

/**
 * Datagrams of all sockets of a thread that are sent together, with one system call per run of the same socket. They are
 * collected between `collect` and `flush`, and sent at once otherwise.
 */
export class Outgoing {
  readonly #libc: Pick<Libc, 'sendmmsg' | 'addressOf'>;
  readonly #names: SocketNames;
  readonly #incoming: MessageVector;
  readonly #vector: MessageVector;
  #count = 0;
  #collecting = false;
  readonly #senders: (Sender | undefined)[] = new Array(BATCH).fill(undefined);
  /** The same datagrams, for those that the kernel doesn't take at once. */
  readonly #packets: Packet[] = Array.from({ length: BATCH }, () => new Packet());

  /** @param incoming memory that isn't written to before the next `flush`; datagrams in it aren't copied */
  constructor(libc: Pick<Libc, 'sendmmsg' | 'addressOf'>, names: SocketNames, incoming: MessageVector) {
    this.#libc = libc;
    this.#names = names;
    this.#incoming = incoming;
    this.#vector = new MessageVector(libc, BATCH, STRIDE_BYTES);
  }

  collect(): void {
    this.#collecting = true;
  }

  /** Returns false if the datagram was dropped because its socket's queue is full or its address is invalid. */
  add(sender: Sender, packet: Packet): boolean {
    const { bytes, offset, length, address, port } = packet;
    const { memory, names } = this.#vector;
    const isLent = bytes === this.#incoming.memory;
    if (!isLent && length > STRIDE_BYTES) {
      this.#sendAll();
      return sender.sendByNode(packet);
    }
    const index = this.#count;
    const entry = this.#packets[index];
    const nameBytes = this.#names.write(names, index * NAME_WORDS, address, port);
    if (nameBytes === 0 || entry === undefined) return false;
    const at = isLent ? offset : index * STRIDE_BYTES;
    if (!isLent) bytes.copy(memory, at, offset, offset + length);
    this.#vector.point(index, (isLent ? this.#incoming.base : this.#vector.base) + at, length, nameBytes);
    this.#senders[index] = sender;
    entry.set(isLent ? bytes : memory, at, length, address, port);
    this.#count++;
    if (!this.#collecting || this.#count === BATCH) this.#sendAll();
    return true;
  }

  flush(): void {
    this.#collecting = false;
    this.#sendAll();
  }

  #sendAll(): void {
    const count = this.#count;
    this.#count = 0;
    let from = 0;
    while (from < count) {
      const sender = this.#senders[from];
      let to = from + 1;
      while (to < count && this.#senders[to] === sender) to++;
      if (sender !== undefined) this.#sendRun(sender, from, to);
      from = to;
    }
  }

  /** Sends datagrams of one socket. Node gets those that the kernel refuses: it waits for the link, or reports the error. */
  #sendRun(sender: Sender, from: number, to: number): void {
    let next = from;
    while (next < to) {
      const sent = sender.isReady
        ? this.#libc.sendmmsg(sender.descriptor, this.#vector.at(next), to - next, MSG_DONTWAIT)
        : 0;
      if (sent > 0) {
        next += sent;
        continue;
      }
      const packet = this.#packets[next++];
      if (packet !== undefined) sender.sendByNode(packet);
    }
  }
}
