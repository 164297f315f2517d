import type { Libc } from './libc.ts';
import { NAME_BYTES, NAME_WORDS } from './socket-names.ts';

/** Size of `struct mmsghdr` and offsets of the fields used here, in words of 32 bits; see recvmmsg(2). */
const HEADER = { words: 16, name: 0, nameBytes: 2, parts: 4, partCount: 6, messageBytes: 14 } as const;
/** The same for `struct iovec`. */
const PART = { words: 4, base: 0, bytes: 2 } as const;
const WORD_BYTES = 4;
const WORD_VALUES = 2 ** 32;

/**
 * `struct mmsghdr[count]`, each with one `struct iovec` and one socket name: what recvmmsg fills and sendmmsg reads. Every
 * address given to the kernel points into memory of vectors, which live as long as the thread.
 */
export class MessageVector {
  /** `stride` bytes for each message. */
  readonly memory: Buffer;
  /** Socket names, for `SocketNames`; that of message i is at i × `NAME_WORDS`. */
  readonly names: Uint32Array;
  /** Address of `memory`. */
  readonly base: number;
  readonly #headersAt: number;
  readonly #headers: Uint32Array;
  readonly #parts: Uint32Array;

  constructor(libc: Pick<Libc, 'addressOf'>, count: number, stride: number) {
    this.memory = Buffer.allocUnsafeSlow(count * stride);
    this.names = fixed(count * NAME_WORDS);
    this.#headers = fixed(count * HEADER.words);
    this.#parts = fixed(count * PART.words);
    const [base = 0, headers = 0, parts = 0, names = 0] = [
      this.memory,
      this.#headers,
      this.#parts,
      this.names,
    ].map(({ buffer }) => libc.addressOf(new Uint8Array(buffer)));
    this.base = base;
    this.#headersAt = headers;
    for (let index = 0; index < count; index++) {
      const header = index * HEADER.words;
      writePointer(this.#headers, header + HEADER.name, names + index * NAME_BYTES);
      writePointer(this.#headers, header + HEADER.parts, parts + index * PART.words * WORD_BYTES);
      this.#headers[header + HEADER.partCount] = 1;
      this.point(index, this.base + index * stride, stride, NAME_BYTES);
    }
  }

  /** Address of message `index`, for the kernel. */
  at(index: number): number {
    return this.#headersAt + index * HEADER.words * WORD_BYTES;
  }

  /** Sets message `index` to `bytes` bytes at `address`, with a name of `nameBytes` bytes, or room for one. */
  point(index: number, address: number, bytes: number, nameBytes: number): void {
    const part = index * PART.words;
    writePointer(this.#parts, part + PART.base, address);
    this.#parts[part + PART.bytes] = bytes;
    this.#headers[index * HEADER.words + HEADER.nameBytes] = nameBytes;
  }

  /** Bytes that the kernel received as message `index`. */
  received(index: number): number {
    return this.#headers[index * HEADER.words + HEADER.messageBytes] ?? 0;
  }

  /** Makes room for the next name. Call it for each received message: the kernel wrote its sender's name length there. */
  resetName(index: number): void {
    this.#headers[index * HEADER.words + HEADER.nameBytes] = NAME_BYTES;
  }
}

function writePointer(words: Uint32Array, at: number, address: number): void {
  words[at] = address;
  words[at + 1] = address / WORD_VALUES;
}

/** An array that V8 doesn't move, unlike a small one without an ArrayBuffer of its own. */
function fixed(words: number): Uint32Array {
  return new Uint32Array(new ArrayBuffer(words * WORD_BYTES));
}
