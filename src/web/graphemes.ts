/**
 * Returns the grapheme clusters of a text: characters as people count them, so that an emoji of seven code points is
 * one. Without `Intl.Segmenter` (browsers before 2024), returns code points.
 */
export function graphemesOf(text: string): Iterable<string> {
  if (!('Segmenter' in Intl)) return text;
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** Max UTF-16 units per grapheme cluster, on average: a letter may carry any number of combining marks. */
const UNITS_PER_GRAPHEME = 8;

/** Returns the first `max` grapheme clusters of a text, none of them cut, and at most 8 UTF-16 units for each. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const maxUnits = max * UNITS_PER_GRAPHEME;
  let cut = '';
  let count = 0;
  for (const grapheme of graphemesOf(text.slice(0, maxUnits * 2))) {
    if (count === max || cut.length + grapheme.length > maxUnits) break;
    cut += grapheme;
    count += 1;
  }
  return cut;
}
