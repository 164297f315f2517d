import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { MessageVector } from './message-vector.ts';
import { NAME_WORDS, type SocketNames } from './socket-names.ts';

const BATCH = 32;
/** Room for one datagram; larger ones are rare (fragments), and leave by themselves. */
const STRIDE_BYTES = 2_048 + 64;

/** A socket as far as a batch needs one. */
interface Sender {
  readonly descriptor: number;
  readonly ready: boolean;
  sendAlone(buffer: Buffer, offset: number, length: number, port: number, address: string): boolean;
}

/**
 * Datagrams that leave together, of all sockets of a thread: one call for each run of the same socket. Between
 * `collect` and `flush` they are gathered; else each leaves at once.
 */
export class Outgoing {
  readonly #libc: Pick<Libc, 'sendmmsg' | 'addressOf'>;
  readonly #names: SocketNames;
  readonly #incoming: MessageVector;
  readonly #vector: MessageVector;
  #count = 0;
  #collecting = false;
  readonly #senders: (Sender | undefined)[] = new Array(BATCH).fill(undefined);
  /** For those that the kernel doesn't take at once. */
  readonly #buffers: Buffer[];
  readonly #offsets = new Uint32Array(BATCH);
  readonly #lengths = new Uint32Array(BATCH);
  readonly #ports = new Uint16Array(BATCH);
  readonly #addresses: string[] = new Array(BATCH).fill('');

  /** @param incoming memory that isn't written to before the next `flush`: what lies there is sent from there */
  constructor(libc: Pick<Libc, 'sendmmsg' | 'addressOf'>, names: SocketNames, incoming: MessageVector) {
    this.#libc = libc;
    this.#names = names;
    this.#incoming = incoming;
    this.#vector = new MessageVector(libc, BATCH, STRIDE_BYTES);
    this.#buffers = new Array(BATCH).fill(this.#vector.memory);
  }

  collect(): void {
    this.#collecting = true;
  }

  /** @returns false: dropped, as its socket holds all that it may, or no such address can be had */
  add(
    sender: Sender,
    buffer: Buffer,
    offset: number,
    length: number,
    port: number,
    address: string,
  ): boolean {
    const { memory, names } = this.#vector;
    const lent = buffer === this.#incoming.memory;
    if (!lent && length > STRIDE_BYTES) {
      this.#sendAll();
      return sender.sendAlone(buffer, offset, length, port, address);
    }
    const index = this.#count;
    const nameBytes = this.#names.write(names, index * NAME_WORDS, address, port);
    if (nameBytes === 0) return false;
    const at = lent ? offset : index * STRIDE_BYTES;
    if (!lent) buffer.copy(memory, at, offset, offset + length);
    this.#vector.point(index, (lent ? this.#incoming.base : this.#vector.base) + at, length, nameBytes);
    this.#senders[index] = sender;
    this.#buffers[index] = lent ? buffer : memory;
    this.#offsets[index] = at;
    this.#lengths[index] = length;
    this.#ports[index] = port;
    this.#addresses[index] = address;
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

  /**
   * What the kernel doesn't take is given to Node: it waits for the link, or finds out that the datagram can't be sent.
   */
  #sendRun(sender: Sender, from: number, to: number): void {
    let next = from;
    while (next < to) {
      const sent = sender.ready
        ? this.#libc.sendmmsg(sender.descriptor, this.#vector.at(next), to - next, MSG_DONTWAIT)
        : 0;
      if (sent > 0) next += sent;
      else this.#sendAlone(sender, next++);
    }
  }

  #sendAlone(sender: Sender, index: number): void {
    const buffer = this.#buffers[index];
    const address = this.#addresses[index];
    if (buffer === undefined || address === undefined) return;
    const offset = this.#offsets[index] ?? 0;
    sender.sendAlone(buffer, offset, this.#lengths[index] ?? 0, this.#ports[index] ?? 0, address);
  }
}
