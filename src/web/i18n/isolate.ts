/**
 * Wraps a name for use inside a sentence in Unicode isolates (UAX #9, 2.4), so that a right-to-left name doesn't
 * reorder the words around it.
 */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
