import { type Address, ipv4, ipv6, parseAddress } from '../codec/addresses.ts';
import type { Libc } from './libc.ts';

/** Room for `struct sockaddr_in` (16 bytes) or `sockaddr_in6` (28). */
export const NAME_BYTES = 32;
export const NAME_WORDS = NAME_BYTES / 4;

/** Linux's values. */
export const AF_INET = 2;
export const AF_INET6 = 10;
const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;
const IF_NAMESIZE = 16;

/** Addresses whose text is remembered: this many that datagrams came from, and this many that they were sent to. */
export const MAX_SOCKET_NAMES = 4_096;
const SLOT_SHIFT = 32 - Math.log2(MAX_SOCKET_NAMES);

/** An address as the kernel writes it: words in network byte order, read as little-endian. */
interface SocketName {
  readonly family: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** IPv4: the whole address. */
  readonly d: number;
  /** Interface index of a link-local address, else 0. */
  readonly scope: number;
  /** As Node's sockets write it: `203.0.113.7`, `2001:db8::1`, `fe80::1%eth0`. */
  readonly text: string;
}

/**
 * Converts between socket names (`struct sockaddr`) and the text that the engine uses for addresses, without allocating for
 * recent ones: sources are cached in slots by a hash of their bits, destinations in a table that is emptied when it is full.
 */
export class SocketNames {
  readonly #libc: Pick<Libc, 'if_nametoindex' | 'if_indextoname' | 'addressOf'>;
  readonly #received: (SocketName | undefined)[] = new Array(MAX_SOCKET_NAMES).fill(undefined);
  readonly #byText = new Map<string, SocketName>();
  #last: SocketName | undefined;
  readonly #zone = Buffer.allocUnsafeSlow(IF_NAMESIZE);

  constructor(libc: Pick<Libc, 'if_nametoindex' | 'if_indextoname' | 'addressOf'>) {
    this.#libc = libc;
  }

  /** The address of the name at word `at`. */
  text(words: Uint32Array, at: number): string {
    const family = (words[at] ?? 0) & 0xffff;
    const v6 = family === AF_INET6;
    const a = v6 ? (words[at + 2] ?? 0) : 0;
    const b = v6 ? (words[at + 3] ?? 0) : 0;
    const c = v6 ? (words[at + 4] ?? 0) : 0;
    const d = words[v6 ? at + 5 : at + 1] ?? 0;
    const scope = v6 ? (words[at + 6] ?? 0) : 0;
    const slot = slotOf(a ^ b ^ c ^ d);
    const there = this.#received[slot];
    if (
      there !== undefined &&
      there.d === d &&
      there.family === family &&
      there.c === c &&
      there.b === b &&
      there.a === a &&
      there.scope === scope
    ) {
      return there.text;
    }
    const text = v6 ? this.#text6(a, b, c, d, scope) : ipv4(swapped(d)).text;
    this.#received[slot] = { family, a, b, c, d, scope, text };
    return text;
  }

  /** The port of the name at word `at`. */
  port(words: Uint32Array, at: number): number {
    const first = words[at] ?? 0;
    return ((first >>> 8) & 0xff00) | (first >>> 24);
  }

  /**
   * Writes a name at word `at`.
   * @returns its length in bytes, or 0 if `address` isn't an IP address or its interface doesn't exist
   */
  write(words: Uint32Array, at: number, address: string, port: number): number {
    const name = this.#last?.text === address ? this.#last : this.#named(address);
    if (name === undefined) return 0;
    this.#last = name;
    words[at] = (name.family | ((port & 0xff00) << 8) | (port << 24)) >>> 0;
    if (name.family === AF_INET) {
      words[at + 1] = name.d;
      return SOCKADDR_IN_BYTES;
    }
    words[at + 1] = 0;
    words[at + 2] = name.a;
    words[at + 3] = name.b;
    words[at + 4] = name.c;
    words[at + 5] = name.d;
    words[at + 6] = name.scope;
    return SOCKADDR_IN6_BYTES;
  }

  /** Cached names, sources and destinations together. */
  get size(): number {
    return this.#byText.size + this.#received.filter((name) => name !== undefined).length;
  }

  #named(text: string): SocketName | undefined {
    const there = this.#byText.get(text);
    if (there !== undefined) return there;
    const [bare = '', zone] = text.split('%', 2);
    const address = parseAddress(bare);
    const scope = zone === undefined ? 0 : this.#libc.if_nametoindex(zone);
    if (address === undefined || (zone !== undefined && scope === 0)) return undefined;
    if (this.#byText.size >= MAX_SOCKET_NAMES) this.#byText.clear();
    const name = nameOf(address, scope, text);
    this.#byText.set(text, name);
    return name;
  }

  #text6(a: number, b: number, c: number, d: number, scope: number): string {
    const { text } = ipv6(swapped(a), swapped(b), swapped(c), swapped(d));
    if (scope === 0) return text;
    const zone = this.#libc.if_indextoname(scope, this.#libc.addressOf(this.#zone));
    return `${text}%${zone ?? scope}`;
  }
}

function nameOf({ family, a, b, c, d }: Address, scope: number, text: string): SocketName {
  return {
    family: family === 4 ? AF_INET : AF_INET6,
    a: swapped(a),
    b: swapped(b),
    c: swapped(c),
    d: swapped(d),
    scope,
    text,
  };
}

/** Fibonacci hashing: the upper bits of the product depend on all bits of the word. */
function slotOf(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> SLOT_SHIFT;
}

/** Converts between network byte order and little-endian. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
