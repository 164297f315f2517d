import { bytesOf } from '../../lib/ascii.ts';
import { type Borrowed, lend, textOf } from '../../lib/borrowed.ts';
import { JsonScan } from './json-scan.ts';

/**
 * Objects as JSON text: relayed payloads must stay byte for byte the same, numbers and escapes included, so text is cut
 * and joined, never parsed and written again. All functions take text that `JSON.parse` accepts, nested at most 64 deep.
 */

const OPENING_BRACE = bytesOf('{');
const COMMA = bytesOf(',');
const COLON = bytesOf(':');

interface Member {
  /** Unescaped. */
  readonly key: string;
  /** The member with its key. */
  readonly whole: Borrowed;
  readonly value: Borrowed;
}

/** The text of a member's value; of the last one if the key is repeated, as `JSON.parse` has it. */
export function memberText(object: Borrowed, key: string): Borrowed | undefined {
  return membersOf(object).findLast((member) => member.key === key)?.value;
}

/** The object without the members of these names, however they are escaped and however often they occur. */
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
