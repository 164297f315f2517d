import type { Libc } from './libc.ts';
import { NAME_BYTES, NAME_WORDS } from './socket-names.ts';

/** Words of 32 bits of `struct mmsghdr` and, within it, of what is read or written here; see recvmmsg(2). */
const HEADER = { words: 16, name: 0, nameBytes: 2, parts: 4, partCount: 6, messageBytes: 14 } as const;
/** The same of `struct iovec`. */
const PART = { words: 4, base: 0, bytes: 2 } as const;
const WORD_BYTES = 4;
const WORD_VALUES = 2 ** 32;

/**
 * `struct mmsghdr[count]`, each with one `struct iovec` and a socket name: what recvmmsg fills and sendmmsg reads. Made
 * once; every address that the kernel is given points into memory of vectors that live as long.
 */
export class MessageVector {
  /** The messages' own memory, `stride` bytes for each. */
  readonly memory: Buffer;
  /** For `SocketNames`; the name of message i is at i × `NAME_WORDS`. */
  readonly names: Uint32Array;
  /** Where the memory begins. */
  readonly base: number;
  readonly #headersAt: number;
  readonly #headers: Uint32Array;
  readonly #parts: Uint32Array;

  constructor(libc: Pick<Libc, 'addressOf'>, count: number, stride: number) {
    this.memory = Buffer.allocUnsafeSlow(count * stride);
    this.names = lasting(count * NAME_WORDS);
    this.#headers = lasting(count * HEADER.words);
    this.#parts = lasting(count * PART.words);
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

  /** The address of message `index`, for the kernel. */
  at(index: number): number {
    return this.#headersAt + index * HEADER.words * WORD_BYTES;
  }

  /** Has message `index` be the bytes at an address, with a name of so many bytes (or room for one). */
  point(index: number, address: number, bytes: number, nameBytes: number): void {
    const part = index * PART.words;
    writePointer(this.#parts, part + PART.base, address);
    this.#parts[part + PART.bytes] = bytes;
    this.#headers[index * HEADER.words + HEADER.nameBytes] = nameBytes;
  }

  /** How many bytes the kernel received as message `index`. */
  received(index: number): number {
    return this.#headers[index * HEADER.words + HEADER.messageBytes] ?? 0;
  }

  /** To be called for each message that was received: the kernel wrote how long its sender's name is. */
  renew(index: number): void {
    this.#headers[index * HEADER.words + HEADER.nameBytes] = NAME_BYTES;
  }
}

function writePointer(words: Uint32Array, at: number, address: number): void {
  words[at] = address;
  words[at + 1] = address / WORD_VALUES;
}

/** An ArrayBuffer stays where it is; the elements of a small array without one of its own are V8's to move. */
function lasting(words: number): Uint32Array {
  return new Uint32Array(new ArrayBuffer(words * WORD_BYTES));
}
