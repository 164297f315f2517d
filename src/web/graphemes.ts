/**
 * The characters of a text as people count them: an emoji of seven code points is one. Browsers before 2024 may lack
 * `Intl.Segmenter`: code points are the next best.
 */
export function graphemesOf(text: string): Iterable<string> {
  if (!('Segmenter' in Intl)) return text;
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
