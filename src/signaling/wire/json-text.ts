/**
 * JSON text as text: what is relayed must stay byte for byte as it came, numbers and escapes included, so it is cut
 * and joined, never parsed and written again. All functions take text that `JSON.parse` accepts.
 */

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const SPACES: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];

interface Member {
  /** Unescaped. */
  readonly key: string;
  /** Where the key's quote stands. */
  readonly start: number;
  readonly valueStart: number;
  /** Behind the value. */
  readonly end: number;
}

/** The text of a member's value; of the last one if the key is repeated, as `JSON.parse` has it. */
export function memberText(object: string, key: string): string | undefined {
  const member = membersOf(object).findLast((candidate) => candidate.key === key);
  return member && object.slice(member.valueStart, member.end);
}

/** The object without the members of these names, however they are escaped and however often they occur. */
export function withoutMembers(object: string, keys: readonly string[]): string {
  const kept = membersOf(object).filter(({ key }) => !keys.includes(key));
  return `{${kept.map(({ start, end }) => object.slice(start, end)).join(',')}}`;
}

/** What stands behind an object's opening brace and the space after it: its first member, or its closing brace. */
export function behindBrace(object: Uint8Array): Uint8Array {
  let at = object[0] === OPENING_BRACE ? 1 : object.indexOf(OPENING_BRACE) + 1;
  while (SPACES.includes(object[at] ?? 0)) at += 1;
  return object.subarray(at);
}

/** Whether an object that was cut there has no members. */
export function isEmptyBehindBrace(rest: Uint8Array): boolean {
  return rest[0] === CLOSING_BRACE;
}

function membersOf(object: string): Member[] {
  const members: Member[] = [];
  let at = skipSpace(object, object.indexOf('{') + 1);
  while (object[at] === '"') {
    const keyEnd = skipString(object, at);
    const valueStart = skipSpace(object, skipSpace(object, keyEnd) + 1);
    const end = skipValue(object, valueStart);
    members.push({ key: String(JSON.parse(object.slice(at, keyEnd))), start: at, valueStart, end });
    at = skipSpace(object, skipSpace(object, end) + 1);
  }
  return members;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

/** @param from where the opening quote stands. @returns where the text goes on */
function skipString(text: string, from: number): number {
  let quote = text.indexOf('"', from + 1);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote < 0 ? text.length : quote + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text[quote - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === ',' || isSpace(character))) return at;
    at += 1;
  }
  return at;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
