import { bytesOf } from '../../lib/ascii.ts';

/** What a message says of itself, as far as it can be told without parsing it. */
export interface FrameHead {
  readonly event: string | undefined;
  readonly id: number | undefined;
}

/** As nearly every client writes it: fields in the contract's order, the payload last. */
const USUAL = /^\{"event":"([a-z:]{1,32})",(?:"id":([1-9]\d{0,14}),)?"payload":/;
/** Bytes of an event's name or an id, with escapes; a longer one is none that we know. */
const FIELD_BYTES = 256;

const EVENT = bytesOf('"event"');
const ID = bytesOf('"id"');
/** A message has three. What follows so many is not looked at. */
const MOST_MEMBERS = 64;
/** Of `"event"`, each of its letters written as `\u0065`. */
const ESCAPED_NAME_BYTES = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

interface UsualHead extends FrameHead {
  readonly event: string;
  /** Characters, all ASCII, in front of the payload. */
  readonly length: number;
}

/** @returns undefined if the text is written otherwise. A second `id` or `event` may still follow the payload. */
export function readUsualHead(text: string): UsualHead | undefined {
  const head = USUAL.exec(text);
  if (head === null) return undefined;
  const [{ length }, event = '', id] = head;
  return { event, id: id === undefined ? undefined : Number(id), length };
}

/**
 * Finds event and id without parsing the rest: for a message that is refused unread, whose id is used up and answered
 * all the same [WS4]. It makes one pass over the bytes, however deeply they are nested. Of members that come twice the
 * last counts, as with `JSON.parse`; in text that is not JSON, whatever is found.
 */
export function readHead(bytes: Uint8Array): FrameHead {
  const { length } = bytes;
  let event: string | undefined;
  let id: number | undefined;
  let depth = 0;
  let members = 1;
  /** Of the message's own members: whose value is due. Undefined while a name is due. */
  let name: 'event' | 'id' | 'other' | undefined;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at + 1);
      if (depth === 1) {
        if (name === undefined) name = nameIn(bytes, at, end);
        else if (name === 'event') {
          event = textIn(bytes, at, end);
          name = 'other';
        }
      }
      at = end - 1;
    } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth += 1;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1;
    else if (depth !== 1) continue;
    else if (byte === COMMA) {
      name = undefined;
      members += 1;
      if (members === MOST_MEMBERS) break;
    } else if (byte === COLON && name === 'event') event = undefined;
    else if (byte === COLON && name === 'id') {
      id = messageIdIn(bytes, at + 1);
      name = 'other';
    }
  }
  return { event, id };
}

function nameIn(bytes: Uint8Array, start: number, end: number): 'event' | 'id' | 'other' {
  if (isAt(bytes, start, end, EVENT)) return 'event';
  if (isAt(bytes, start, end, ID)) return 'id';
  const isEscaped = end - start <= ESCAPED_NAME_BYTES && bytes.subarray(start, end).includes(BACKSLASH);
  const name = isEscaped ? valueIn(bytes, start, end) : undefined;
  return name === 'event' || name === 'id' ? name : 'other';
}

function isAt(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  return end - start === wanted.length && wanted.every((byte, index) => bytes[start + index] === byte);
}

function messageIdIn(bytes: Uint8Array, start: number): number | undefined {
  const most = Math.min(bytes.length, start + FIELD_BYTES + 1);
  let end = start;
  while (end < most && bytes[end] !== COMMA && bytes[end] !== CLOSING_BRACE) end += 1;
  const value = valueIn(bytes, start, end);
  return isMessageId(value) ? value : undefined;
}

function textIn(bytes: Uint8Array, start: number, end: number): string | undefined {
  const value = valueIn(bytes, start, end);
  return typeof value === 'string' ? value : undefined;
}

/** @returns undefined if there is no short value */
function valueIn(bytes: Uint8Array, start: number, end: number): unknown {
  if (end - start > FIELD_BYTES) return undefined;
  return parseJson(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
}

/** Returns the index behind the quote that ends the string; the length of `bytes` if none does. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at + 1, bytes.length);
}

export function isMessageId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
