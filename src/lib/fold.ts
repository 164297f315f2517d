/**
 * Returns a text without differences of case: `Ö`, `Ж` and `ß` fold to `ö`, `ж` and `ss`, as in full case folding (Unicode,
 * section 3.13). It goes through upper case, because only that joins letters with several lower-case forms, but first
 * through lower case, because `ẞ` becomes `ss` only by way of `ß`. It replaces the final sigma, the one letter whose lower
 * case depends on its neighbours. The result is composed (NFC), so that both ways to write `é` are the same.
 */
export function fold(text: string): string {
  const lower = text.normalize('NFC').toLowerCase().toUpperCase().toLowerCase();
  return lower.replaceAll('ς', 'σ').normalize('NFC');
}

/**
 * Returns the smallest text above all texts that begin with `prefix`, in the order of code points: the end of a range in
 * an index. Undefined if there is none.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point < 0x10ffff)
      return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
