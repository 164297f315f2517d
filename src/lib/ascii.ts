/** The bytes of a text that is ASCII, for comparing and writing without a way through UTF-8. */
export function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}
