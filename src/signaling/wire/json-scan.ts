import { bytesOf } from '../../lib/ascii.ts';
import { type Borrowed, lend } from '../../lib/borrowed.ts';
import { firstStop, stops } from './string-stops.ts';

/** Max nesting of lists and objects, so that the recursion can't overflow the stack. */
const MAX_LEVELS = 64;

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
/** `\r\n` in a string, as four bytes in little-endian order. Each line of a session description ends so. */
const LINE_END = 0x6e5c725c;
/** Spare bytes after the longest text: one for the 0 that ends it, the rest because eight are read at once. */
const END_BYTES = 16;

const LITERALS = ['true', 'false', 'null'].map(bytesOf);
/** Classes of bytes. Each is indexed by byte: 1 if the byte belongs to it. */
const SPACE = classOf(' \t\n\r');
const DIGIT = classOf('0123456789');
const HEX_DIGIT = classOf('0123456789abcdefABCDEF');
const EXPONENT = classOf('eE');
/** What may follow a backslash, besides `u` and four digits. */
const ESCAPED = classOf('"\\/bfnrt');
const UNICODE = 0x75;

/**
 * Validates JSON in UTF-8 without allocating strings or objects, so that nothing is left for the garbage collector. A
 * value is whatever RFC 8259 and `JSON.parse` accept, apart from nesting beyond `MAX_LEVELS`. A scan is reused for any
 * number of texts. It copies each into its own memory, because a view of the caller's memory would be a new object.
 */
export class JsonScan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #most: number;
  /** A byte 0 follows the text. No JSON contains it, so every loop stops there. */
  #length = 0;
  #at = 0;

  /** @param most max bytes of a text */
  constructor(most: number) {
    this.#bytes = new Uint8Array(most + END_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.#most = most;
  }

  /** Starts over with another text. @returns false if it is too long */
  begin(json: ArrayLike<number>): boolean {
    if (json.length > this.#most) return false;
    this.#bytes.set(json);
    this.#bytes[json.length] = 0;
    this.#length = json.length;
    this.#at = 0;
    return true;
  }

  /** Returns the bytes from `from` up to `to`. The next `begin` overwrites them. */
  part(from: number, to: number): Borrowed {
    return lend(new Uint8Array(this.#view.buffer, from, to - from));
  }

  /** Position: the number of bytes passed so far. */
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

  /** Passes these bytes. @returns false, having passed nothing, if something else comes */
  take(wanted: Uint8Array): boolean {
    return this.#passTo(this.sees(wanted) ? this.#at + wanted.length : -1);
  }

  /** Passes a string if it is exactly this one. @param ascii without quotes and backslashes */
  takeText(ascii: string): boolean {
    const from = this.#at + 1;
    const end = from + ascii.length;
    if (this.#byteAt(this.#at) !== QUOTE || end >= this.#length || this.#byteAt(end) !== QUOTE) return false;
    for (let index = 0; index < ascii.length; index += 1) {
      if (this.#byteAt(from + index) !== ascii.charCodeAt(index)) return false;
    }
    return this.#passTo(end + 1);
  }

  /** Passes a positive integer. @returns it; 0 if there is none, or it has more than `most` digits */
  takeCount(most: number): number {
    const end = this.#digitsEnd(this.#at);
    if (end < 0 || end - this.#at > most || this.#byteAt(this.#at) === ZERO) return 0;
    let count = 0;
    for (; this.#at < end; this.#at += 1) count = 10 * count + this.#byteAt(this.#at) - ZERO;
    return count;
  }

  /** Passes a member's name, if it has no escapes, and the colon right after it. */
  takeName(): boolean {
    if (this.#byteAt(this.#at) !== QUOTE) return false;
    const end = this.#plainEnd(this.#at + 1);
    return this.#passTo(this.#byteAt(end) === QUOTE && this.#byteAt(end + 1) === COLON ? end + 2 : -1);
  }

  /** Passes a value, if one begins right here. @param level the number of lists and objects around it */
  takeValue(level = 0): boolean {
    return this.#passTo(this.#valueEnd(this.#at, level));
  }

  /** Passes a string. */
  takeString(): boolean {
    return this.#passTo(this.#stringEnd(this.#at));
  }

  /** Passes whitespace between two tokens. */
  takeSpace(): void {
    this.#at = this.#spaceEnd(this.#at);
  }

  #passTo(end: number): boolean {
    if (end < 0) return false;
    this.#at = end;
    return true;
  }

  /** @param at at most the index of the 0 after the text */
  #byteAt(at: number): number {
    return this.#view.getUint8(at);
  }

  #standsAt(from: number, wanted: Uint8Array): boolean {
    for (let index = 0; index < wanted.length; index += 1) {
      if (this.#byteAt(from + index) !== wanted[index]) return false;
    }
    return true;
  }

  /** @returns the index after the value that begins at `from`; -1 if there is no value, as in all methods below */
  #valueEnd(from: number, level: number): number {
    const first = this.#byteAt(from);
    if (first === QUOTE) return this.#stringEnd(from);
    if (first === OPENING_BRACE) return level === MAX_LEVELS ? -1 : this.#objectEnd(from, level + 1);
    if (first === OPENING_BRACKET) return level === MAX_LEVELS ? -1 : this.#listEnd(from, level + 1);
    if (first === MINUS || DIGIT[first] === 1) return this.#numberEnd(from);
    for (const literal of LITERALS) if (this.#standsAt(from, literal)) return from + literal.length;
    return -1;
  }

  #stringEnd(from: number): number {
    if (this.#byteAt(from) !== QUOTE) return -1;
    let at = from + 1;
    for (;;) {
      at = this.#plainEnd(at);
      if (this.#view.getInt32(at, true) === LINE_END) at += 4;
      else if (this.#byteAt(at) !== BACKSLASH) return this.#byteAt(at) === QUOTE ? at + 1 : -1;
      else at = this.#escapeEnd(at);
      if (at < 0) return -1;
    }
  }

  /** Returns the index of the next quote, backslash or control character. */
  #plainEnd(from: number): number {
    for (let at = from; ; at += 8) {
      const low = stops(this.#view.getInt32(at, true));
      const high = stops(this.#view.getInt32(at + 4, true));
      if ((low | high) !== 0) return low === 0 ? at + 4 + firstStop(high) : at + firstStop(low);
    }
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

  /** Requires at least one digit. */
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

function classOf(members: string): Uint8Array {
  const flags = new Uint8Array(256);
  for (const byte of bytesOf(members)) flags[byte] = 1;
  return flags;
}
