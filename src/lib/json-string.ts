/** Characters that JSON writes as they are: all but quotes, backslashes, control characters and halves of pairs. */
const PLAIN = /^[^"\\\p{Cc}\p{Cs}]*$/u;

/** The same as `JSON.stringify`, in a fraction of its time where nothing has to be escaped. */
export function jsonString(text: string | null): string {
  if (text === null) return 'null';
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
