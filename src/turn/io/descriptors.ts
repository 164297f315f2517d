import { getSystemErrorName } from 'node:util';
import type { Family } from '../codec/addresses.ts';
import type { Libc } from './libc.ts';
import { AF_INET, AF_INET6, NAME_BYTES, NAME_WORDS, type SocketNames } from './socket-names.ts';

// Constants of Linux on the architectures that libc.ts knows.
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const INT_BYTES = 4;

/** Makes UDP sockets with a known descriptor; Node doesn't tell those of its own. */
export class Descriptors {
  readonly #libc: Libc;
  readonly #names: SocketNames;
  /** Memory for a call's argument, whose address the kernel is given. */
  readonly #argument = new Uint32Array(new ArrayBuffer(NAME_BYTES));
  readonly #argumentAt: number;

  constructor(libc: Libc, names: SocketNames) {
    this.#libc = libc;
    this.#names = names;
    this.#argumentAt = libc.addressOf(new Uint8Array(this.#argument.buffer));
  }

  /**
   * Binds a new non-blocking UDP socket.
   * @returns its descriptor, for the caller to close or to give to Node
   * @throws the system's error, as Node's `bind` does
   */
  bind(family: Family, address: string, port: number): number {
    const libc = this.#libc;
    const kind = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const descriptor = libc.socket(family === 4 ? AF_INET : AF_INET6, kind, 0);
    if (descriptor < 0) throw systemError('socket', libc.errno(), address, port);
    if (family === 6) this.#set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    const bytes = this.#names.write(this.#argument.fill(0, 0, NAME_WORDS), 0, address, port);
    if (libc.bind(descriptor, this.#argumentAt, bytes) === 0) return descriptor;
    const error = systemError('bind', libc.errno(), address, port);
    libc.close(descriptor);
    throw error;
  }

  /** Clears SO_REUSEADDR, which Node sets on descriptors that it is given and which lets other programs bind the port. */
  disallowReuse(descriptor: number): void {
    this.#set(descriptor, SOL_SOCKET, SO_REUSEADDR, 0);
  }

  #set(descriptor: number, level: number, option: number, value: number): void {
    this.#argument[0] = value;
    this.#libc.setsockopt(descriptor, level, option, this.#argumentAt, INT_BYTES);
  }
}

function systemError(syscall: string, errno: number, address: string, port: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${syscall} ${code} ${address}:${port}`), { code, errno: -errno, syscall });
}
