import { bytesOf } from '../../lib/ascii.ts';
import { type Borrowed, lend, textOf } from '../../lib/borrowed.ts';
import { JsonScan } from './json-scan.ts';

/**
 * Edits objects as JSON text. A relayed payload must stay the same byte for byte, numbers and escapes included, so its
 * text is cut and joined, never parsed and rewritten. All functions expect text that `JSON.parse` accepts, nested at most
 * 64 levels deep.
 */

const OPENING_BRACE = bytesOf('{');
const COMMA = bytesOf(',');
const COLON = bytesOf(':');

interface Member {
  /** Unescaped. */
  readonly key: string;
  /** Key, colon and value. */
  readonly whole: Borrowed;
  readonly value: Borrowed;
}

/** Returns the text of a member's value. If the key is repeated, the last one counts, as with `JSON.parse`. */
export function memberText(object: Borrowed, key: string): Borrowed | undefined {
  return membersOf(object).findLast((member) => member.key === key)?.value;
}

/** Returns the object without the members of these names, even if the names are escaped or repeated. */
export function withoutMembers(object: Borrowed, keys: readonly string[]): Borrowed {
  const kept = membersOf(object).filter(({ key }) => !keys.includes(key));
  return lend(Buffer.from(`{${kept.map(({ whole }) => textOf(whole)).join(',')}}`));
}

function membersOf(object: Borrowed): Member[] {
  const scan = new JsonScan(object.length);
  scan.begin(object);
  scan.takeSpace();
  scan.take(OPENING_BRACE);
  scan.takeSpace();
  const members: Member[] = [];
  for (;;) {
    const start = scan.at;
    if (!scan.takeString()) return members;
    const key = String(JSON.parse(textOf(scan.part(start, scan.at))));
    scan.takeSpace();
    scan.take(COLON);
    scan.takeSpace();
    const valueStart = scan.at;
    scan.takeValue();
    members.push({ key, whole: scan.part(start, scan.at), value: scan.part(valueStart, scan.at) });
    scan.takeSpace();
    scan.take(COMMA);
    scan.takeSpace();
  }
}
