/** Characters that JSON doesn't escape: all but quotes, backslashes, control characters and lone surrogates. */
const PLAIN = /^[^"\\\p{Cc}\p{Cs}]*$/u;

/** Does what `JSON.stringify` does, in a fraction of the time if nothing has to be escaped. */
export function jsonString(text: string | null): string {
  if (text === null) return 'null';
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
