/**
 * A name inside a sentence. Unicode's isolates keep a name that is written from right to left from turning the words
 * around it (UAX #9, 2.4); they are invisible.
 */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
