import { createHash } from 'node:crypto';
import { ParleyError } from '../domain/errors.ts';

/** Characters of a tag between its quotes: 132 bits. */
const TAG_CHARACTERS = 22;

/** Returns the strong entity tag of what consists of these fields, JSON values (RFC 9110, 8.8.3). */
export function entityTag(fields: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
  return `"${digest.slice(0, TAG_CHARACTERS)}"`;
}

/** One element of a list of entity tags, which may be empty (RFC 9110, 5.6.1). */
const ELEMENT = /[\t ]*(?:(W\/)?("[\x21\x23-\x7e\x80-\uffff]*")[\t ]*)?(?:,|$)/y;

/**
 * Whether the `If-Match` header names the tag, by strong comparison (RFC 9110, 13.1.1). A malformed header names none: its
 * client wanted a condition, and it isn't met.
 */
export function isMatch(ifMatch: string, tag: string): boolean {
  if (ifMatch.trim() === '*') return true;
  let found = false;
  ELEMENT.lastIndex = 0;
  while (ELEMENT.lastIndex < ifMatch.length) {
    const element = ELEMENT.exec(ifMatch);
    if (element === null) return false;
    const [, weak, named] = element;
    if (weak === undefined && named === tag) found = true;
  }
  return found;
}

/** Returns the refusal of a change to something that isn't as its client believes [HT8]. */
export function changedMeanwhile(): ParleyError {
  return new ParleyError(
    'precondition_failed',
    'It has changed since you read it. Read it again, and send the new ETag in If-Match.',
  );
}
