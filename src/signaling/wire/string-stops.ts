/** The top bit of each of four bytes. */
const TOPS = 0x80808080 | 0;

/**
 * Finds where the plain part of a JSON string stops, four bytes at a time: at a quote, a backslash or a control character.
 * For a byte b, the top bit of `(b - n) & ~b` says whether b < n, unless that bit is set for an earlier byte: only the
 * first one counts (Hacker's Delight, 6-1).
 * @param word four bytes in little-endian order
 * @returns 0 if all four are plain; otherwise, `firstStop` of it is the index of the first that isn't
 */
export function stops(word: number): number {
  // Flipping this bit moves the quote, 0x22, next to the control characters, below 0x21, and the blank away from there.
  const control = word ^ 0x02020202;
  const backslash = word ^ 0x5c5c5c5c;
  // Without `| 0`, the differences are computed in floating point.
  return (
    (((control - 0x21212121) | 0) & ~control & TOPS) | (((backslash - 0x01010101) | 0) & ~backslash & TOPS)
  );
}

/** Returns an index from 0 to 3. @param found what `stops` returned, not 0 */
export function firstStop(found: number): number {
  return (31 - Math.clz32(found & -found)) >> 3;
}
