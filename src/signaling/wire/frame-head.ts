import { bytesOf } from '../../lib/ascii.ts';
import { type Borrowed, part, textOf } from '../../lib/borrowed.ts';

/** What `readHead` finds in a message. */
export interface FrameHead {
  readonly event: string | undefined;
  readonly id: number | undefined;
}

/** Max bytes of an event's name or an id, escapes included. No known one is longer. */
const FIELD_BYTES = 256;

const EVENT = bytesOf('"event"');
const ID = bytesOf('"id"');
/** Members after this many are ignored. A message has three. */
const MAX_MEMBERS = 64;
/** Length of `"event"` if each of its letters is written as `\u0065`. */
const ESCAPED_NAME_BYTES = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Finds event and id without parsing the rest, because a message that is refused unread uses up its id too, and is
 * answered [WS4]. It makes one pass over the bytes, however deeply they are nested. If a member is repeated, the last one
 * counts, as with `JSON.parse`. If the text isn't JSON, the result is whatever looks like an event and an id.
 */
export function readHead(bytes: Borrowed): FrameHead {
  const { length } = bytes;
  let event: string | undefined;
  let id: number | undefined;
  let depth = 0;
  let members = 1;
  /** The member of the message whose value comes next. Undefined if a name comes next. */
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
      if (members === MAX_MEMBERS) break;
    } else if (byte === COLON && name === 'event') event = undefined;
    else if (byte === COLON && name === 'id') {
      id = messageIdIn(bytes, at + 1);
      name = 'other';
    }
  }
  return { event, id };
}

function nameIn(bytes: Borrowed, start: number, end: number): 'event' | 'id' | 'other' {
  if (isAt(bytes, start, end, EVENT)) return 'event';
  if (isAt(bytes, start, end, ID)) return 'id';
  const name = end - start <= ESCAPED_NAME_BYTES ? valueIn(bytes, start, end) : undefined;
  return name === 'event' || name === 'id' ? name : 'other';
}

function isAt(bytes: Borrowed, start: number, end: number, wanted: Uint8Array): boolean {
  return end - start === wanted.length && wanted.every((byte, index) => bytes[start + index] === byte);
}

function messageIdIn(bytes: Borrowed, start: number): number | undefined {
  const most = Math.min(bytes.length, start + FIELD_BYTES + 1);
  let end = start;
  while (end < most && bytes[end] !== COMMA && bytes[end] !== CLOSING_BRACE) end += 1;
  const value = valueIn(bytes, start, end);
  return isMessageId(value) ? value : undefined;
}

function textIn(bytes: Borrowed, start: number, end: number): string | undefined {
  const value = valueIn(bytes, start, end);
  return typeof value === 'string' ? value : undefined;
}

/** Returns the JSON value between these positions; undefined if it is too long or not JSON. */
function valueIn(bytes: Borrowed, start: number, end: number): unknown {
  if (end - start > FIELD_BYTES) return undefined;
  return parseJson(textOf(part(bytes, start, end)));
}

/** Returns the index after the string's closing quote, or the length of `bytes` if there is none. */
function stringEnd(bytes: Borrowed, start: number): number {
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
