/** Returns the bytes of ASCII text, for comparing and writing without an encoder. */
export function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}
