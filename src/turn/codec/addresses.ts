export type Family = 4 | 6;

/** An IP address as four unsigned 32-bit words; for IPv4, `d` is the address and `a`, `b`, `c` are 0. */
export interface Address {
  readonly family: Family;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** As inet_ntop and Node's sockets write it. */
  readonly text: string;
}

/** Addresses of one family from `first` to `last`, both included. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

export function ipv4(word: number): Address {
  const d = word >>> 0;
  return { family: 4, a: 0, b: 0, c: 0, d, text: dotted(d) };
}

export function ipv6(a: number, b: number, c: number, d: number): Address {
  const words = [a >>> 0, b >>> 0, c >>> 0, d >>> 0] as const;
  return { family: 6, a: words[0], b: words[1], c: words[2], d: words[3], text: colons(words) };
}

/** Parses an IP address; undefined for anything else, including zones (`fe80::1%eth0`) and host names. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) return parseIpv6(text);
  const word = parseDotted(text);
  return word === undefined ? undefined : ipv4(word);
}

/** Parses `a`, `a-b` (as in coturn's files) or `a/prefix`; undefined if malformed, of two families or in the wrong order. */
export function parseRange(text: string): AddressRange | undefined {
  const [from = '', to, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0) return undefined;
  if (to === undefined) return from.includes('/') ? parsePrefix(from) : rangeOf(from, from);
  return rangeOf(from, to);
}

export function inRange(address: Address, { first, last }: AddressRange): boolean {
  return address.family === first.family && compare(first, address) <= 0 && compare(address, last) <= 0;
}

/** The IPv4 address of an IPv4-mapped one (::ffff:0:0/96, RFC 4291 §2.5.5.2), which the kernel would reach; else `address`. */
export function canonical(address: Address): Address {
  const mapped = address.family === 6 && address.a === 0 && address.b === 0 && address.c === 0xffff;
  return mapped ? ipv4(address.d) : address;
}

/** Parses the address that a socket gives, without its zone; IPv4-mapped clients of a dual-stack socket are IPv4. */
export function socketAddress(text: string): Address | undefined {
  const address = parseAddress(text.replace(/%.*$/s, ''));
  return address === undefined ? undefined : canonical(address);
}

/**
 * The IPv4 addresses that an IPv6 address may reach through a translator or tunnel: IPv4-compatible (RFC 4291 §2.5.5.1),
 * IPv4-translated (RFC 2765 §2.1), 6to4 (RFC 3056), ISATAP under any prefix (RFC 5214 §6.1), NAT64 with the well-known prefix
 * (RFC 6052) and the local one (RFC 8215), and a Teredo client (RFC 4380 §4).
 */
export function embeddedIpv4s({ family, a, b, c, d }: Address): Address[] {
  if (family === 4) return [];
  if (a === 0 && b === 0 && (c === 0 || c === 0xffff) && d > 1) return [ipv4(d)];
  if (a === 0 && b === 0 && c === 0xffff0000) return [ipv4(d)];
  if (a === 0x0064ff9b && b === 0) return [ipv4(d)];
  if (a === 0x0064ff9b && b >>> 16 === 1) return localNat64(b, c, d);
  const found: Address[] = [];
  if (a >>> 16 === 0x2002) found.push(ipv4((a << 16) | (b >>> 16)));
  if (a === 0x20010000) found.push(ipv4(~d));
  // ISATAP's interface identifier; its universal/local bit may be set or not.
  if ((c & ~0x0200_0000) === 0x5efe) found.push(ipv4(d));
  return found;
}

/**
 * A network may use the whole /48 or a longer prefix within it, which places the IPv4 address elsewhere (RFC 6052 §2.2). Zeros
 * follow the address, so every place for which they do is returned.
 */
function localNat64(b: number, c: number, d: number): Address[] {
  const found: Address[] = [];
  if (d !== 0) found.push(ipv4(d));
  if ((d & 0x00ff_ffff) === 0) found.push(ipv4((c << 8) | (d >>> 24)));
  if (d === 0) {
    found.push(ipv4((b << 24) | (c & 0x00ff_ffff)));
    if ((c & 0xff) === 0) found.push(ipv4((b << 16) | ((c >>> 8) & 0xffff)));
  }
  return found;
}

function parsePrefix(text: string): AddressRange | undefined {
  const [base = '', bits = '', ...more] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  const width = address.family === 4 ? 32 : 128;
  if (Number(bits) > width) return undefined;
  const hosts = [0, 1, 2, 3].map((word) => hostMask(Number(bits) + 128 - width - word * 32));
  const [a = 0, b = 0, c = 0, d = 0] = hosts;
  if (address.family === 4) return { first: ipv4(address.d & ~d), last: ipv4(address.d | d) };
  return {
    first: ipv6(address.a & ~a, address.b & ~b, address.c & ~c, address.d & ~d),
    last: ipv6(address.a | a, address.b | b, address.c | c, address.d | d),
  };
}

/** The bits of one 32-bit word that belong to the host, when `prefix` bits of it belong to the network. */
function hostMask(prefix: number): number {
  if (prefix <= 0) return 0xffff_ffff;
  return prefix >= 32 ? 0 : 0xffff_ffff >>> prefix;
}

function rangeOf(from: string, to: string): AddressRange | undefined {
  const first = parseAddress(from);
  const last = parseAddress(to);
  if (first === undefined || last === undefined || first.family !== last.family) return undefined;
  return compare(first, last) <= 0 ? { first, last } : undefined;
}

function compare(one: Address, other: Address): number {
  return one.a - other.a || one.b - other.b || one.c - other.c || one.d - other.d;
}

function parseDotted(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  // A leading zero is refused, because some parsers read it as octal and would get another address.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined;
  return parts.reduce((word, part) => word * 256 + Number(part), 0);
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<number>(missing).fill(0), ...tail];
  const word = (index: number) => (((all[index * 2] ?? 0) << 16) | (all[index * 2 + 1] ?? 0)) >>> 0;
  return ipv6(word(0), word(1), word(2), word(3));
}

/** The 16-bit groups on one side of `::`, where dotted IPv4 may come last. */
function groups(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return [];
  const found: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const dottedEnd = mayEndDotted && index === parts.length - 1 ? parseDotted(part) : undefined;
    if (dottedEnd !== undefined) found.push(dottedEnd >>> 16, dottedEnd & 0xffff);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return found;
}

function dotted(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952: lower case, `::` for the first longest run of two or more zero groups, embedded IPv4 dotted. */
function colons(words: readonly [number, number, number, number]): string {
  const [a, b, c, d] = words;
  if (a === 0 && b === 0 && c === 0xffff) return `::ffff:${dotted(d)}`;
  if (a === 0 && b === 0 && c === 0 && d > 0xffff) return `::${dotted(d)}`;
  const all = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(all);
  const hex = (from: number, to: number) =>
    all
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return run === undefined ? hex(0, 8) : `${hex(0, run.start)}::${hex(run.end, 8)}`;
}

function longestZeroRun(all: readonly number[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (let start = 0; start < all.length; start++) {
    let end = start;
    while (all[end] === 0) end++;
    if (end - start >= 2 && end - start > (best === undefined ? 0 : best.end - best.start)) {
      best = { start, end };
    }
  }
  return best;
}
