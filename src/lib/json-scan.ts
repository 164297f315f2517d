/** Lists and objects inside each other: as deep as any call stack is sure to bear. */
const MOST_LEVELS = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
/** The first that may stand in a string as it is. */
const BLANK = 0x20;
/** The top bit of each of four bytes. */
const TOPS = 0x80808080 | 0;

const LITERALS = ['true', 'false', 'null'].map(bytesOf);
/** Indexed by byte: 1 for those of the class. */
const SPACE = classOf(' \t\n\r');
const DIGIT = classOf('0123456789');
const HEX_DIGIT = classOf('0123456789abcdefABCDEF');
const EXPONENT = classOf('eE');
/** What may follow a backslash, but for `u` and its four digits. */
const ESCAPED = classOf('"\\/bfnrt');
const UNICODE = 0x75;

export function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

/**
 * Goes through JSON in UTF-8 without making anything of it: no text and no objects, so that nothing is left for the
 * garbage collector. A value is what RFC 8259 and `JSON.parse` take for one, but for nesting beyond `MOST_LEVELS`.
 */
export class JsonScan {
  readonly #json: DataView;
  /** The view's own is looked up at each use, which takes longer than to read a byte. */
  readonly #length: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#json = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#length = bytes.length;
  }

  /** How many bytes were passed. */
  get at(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at === this.#length;
  }

  /** Whether these bytes come next. */
  sees(wanted: Uint8Array): boolean {
    return this.#standsAt(this.#at, wanted);
  }

  /** Passes these bytes. @returns false, having passed nothing, where something else comes */
  take(wanted: Uint8Array): boolean {
    return this.#passTo(this.sees(wanted) ? this.#at + wanted.length : -1);
  }

  /** Passes digits. @returns their number; 0 where there are none, or the first is 0, or more than `most` */
  takeCount(most: number): number {
    const end = this.#digitsEnd(this.#at);
    if (end < 0 || end - this.#at > most || this.#byteAt(this.#at) === ZERO) return 0;
    let count = 0;
    for (; this.#at < end; this.#at += 1) count = 10 * count + this.#byteAt(this.#at) - ZERO;
    return count;
  }

  /** Passes the name of a member that has no escapes, and the colon next to it. */
  takeName(): boolean {
    if (this.#byteAt(this.#at) !== QUOTE) return false;
    const end = this.#plainEnd(this.#at + 1);
    return this.#passTo(this.#byteAt(end) === QUOTE && this.#byteAt(end + 1) === COLON ? end + 2 : -1);
  }

  /** Passes a value, if one begins right here. */
  takeValue(): boolean {
    return this.#passTo(this.#valueEnd(this.#at, 0));
  }

  #passTo(end: number): boolean {
    if (end < 0) return false;
    this.#at = end;
    return true;
  }

  /** The byte there; behind the end 0, which is nothing in JSON. */
  #byteAt(at: number): number {
    return at < this.#length ? this.#json.getUint8(at) : 0;
  }

  #standsAt(from: number, wanted: Uint8Array): boolean {
    for (let index = 0; index < wanted.length; index += 1) {
      if (this.#byteAt(from + index) !== wanted[index]) return false;
    }
    return true;
  }

  /** @returns the place behind the value that begins at `from`; -1, as with all that follow, where there is none */
  #valueEnd(from: number, level: number): number {
    const first = this.#byteAt(from);
    if (first === QUOTE) return this.#stringEnd(from);
    if (first === OPENING_BRACE) return level === MOST_LEVELS ? -1 : this.#objectEnd(from, level + 1);
    if (first === OPENING_BRACKET) return level === MOST_LEVELS ? -1 : this.#listEnd(from, level + 1);
    if (first === MINUS || DIGIT[first] === 1) return this.#numberEnd(from);
    for (const literal of LITERALS) if (this.#standsAt(from, literal)) return from + literal.length;
    return -1;
  }

  #stringEnd(from: number): number {
    if (this.#byteAt(from) !== QUOTE) return -1;
    let at = from + 1;
    for (;;) {
      at = this.#plainEnd(at);
      let byte = this.#byteAt(at);
      // Escapes come in pairs: \r\n.
      while (byte === BACKSLASH) {
        at = this.#escapeEnd(at);
        if (at < 0) return -1;
        byte = this.#byteAt(at);
      }
      if (byte === QUOTE) return at + 1;
      if (byte < BLANK) return -1;
    }
  }

  /** Where the first from there on stands that is a quote, a backslash or a control character. */
  #plainEnd(from: number): number {
    let at = from;
    for (const last = this.#length - 8; at <= last; at += 8) {
      const low = stops(this.#json.getInt32(at, true));
      const high = stops(this.#json.getInt32(at + 4, true));
      if ((low | high) === 0) continue;
      return low === 0 ? at + 4 + firstStop(high) : at + firstStop(low);
    }
    while (at < this.#length && isPlain(this.#json.getUint8(at))) at += 1;
    return at;
  }

  #escapeEnd(from: number): number {
    const kind = this.#byteAt(from + 1);
    if (ESCAPED[kind] === 1) return from + 2;
    if (kind !== UNICODE) return -1;
    for (let at = from + 2; at < from + 6; at += 1) if (HEX_DIGIT[this.#byteAt(at)] !== 1) return -1;
    return from + 6;
  }

  #objectEnd(from: number, level: number): number {
    let at = this.#spaceEnd(from + 1);
    if (this.#byteAt(at) === CLOSING_BRACE) return at + 1;
    for (;;) {
      const nameEnd = this.#stringEnd(at);
      if (nameEnd < 0) return -1;
      const colon = this.#spaceEnd(nameEnd);
      if (this.#byteAt(colon) !== COLON) return -1;
      const end = this.#valueEnd(this.#spaceEnd(colon + 1), level);
      if (end < 0) return -1;
      at = this.#spaceEnd(end);
      if (this.#byteAt(at) === CLOSING_BRACE) return at + 1;
      if (this.#byteAt(at) !== COMMA) return -1;
      at = this.#spaceEnd(at + 1);
    }
  }

  #listEnd(from: number, level: number): number {
    let at = this.#spaceEnd(from + 1);
    if (this.#byteAt(at) === CLOSING_BRACKET) return at + 1;
    for (;;) {
      const end = this.#valueEnd(at, level);
      if (end < 0) return -1;
      at = this.#spaceEnd(end);
      if (this.#byteAt(at) === CLOSING_BRACKET) return at + 1;
      if (this.#byteAt(at) !== COMMA) return -1;
      at = this.#spaceEnd(at + 1);
    }
  }

  #numberEnd(from: number): number {
    const whole = this.#byteAt(from) === MINUS ? from + 1 : from;
    let at = this.#byteAt(whole) === ZERO ? whole + 1 : this.#digitsEnd(whole);
    if (at > 0 && this.#byteAt(at) === DOT) at = this.#digitsEnd(at + 1);
    if (at < 0 || EXPONENT[this.#byteAt(at)] !== 1) return at;
    const sign = this.#byteAt(at + 1);
    return this.#digitsEnd(sign === MINUS || sign === PLUS ? at + 2 : at + 1);
  }

  /** One digit at least. */
  #digitsEnd(from: number): number {
    let at = from;
    while (DIGIT[this.#byteAt(at)] === 1) at += 1;
    return at === from ? -1 : at;
  }

  #spaceEnd(from: number): number {
    let at = from;
    while (SPACE[this.#byteAt(at)] === 1) at += 1;
    return at;
  }
}

/**
 * Of four bytes, the top bits of those at which a string's plain part stops. For a byte b, the top bit of
 * `(b - n) & ~b` says that b < n, as long as no byte before it said so: the first that does is right.
 * (Hacker's Delight, 6-1.)
 */
function stops(word: number): number {
  // Flipping this bit brings the quote, 0x22, to the control characters, below 0x21, and the blank out of there.
  const control = word ^ 0x02020202;
  const backslash = word ^ 0x5c5c5c5c;
  // `| 0`: without it the differences are computed in floating point.
  return (
    (((control - 0x21212121) | 0) & ~control & TOPS) | (((backslash - 0x01010101) | 0) & ~backslash & TOPS)
  );
}

function firstStop(tops: number): number {
  return (31 - Math.clz32(tops & -tops)) >> 3;
}

function isPlain(byte: number): boolean {
  return byte >= BLANK && byte !== QUOTE && byte !== BACKSLASH;
}

function classOf(members: string): Uint8Array {
  const flags = new Uint8Array(256);
  for (const byte of bytesOf(members)) flags[byte] = 1;
  return flags;
}
