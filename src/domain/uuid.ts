/** The high and the low hexadecimal digit of each byte value, as ASCII in lower case. */
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => (byte >> 4).toString(16).charCodeAt(0));
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0));
/** Positions of each byte's digits in 8-4-4-4-12. */
const POSITIONS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const text = Buffer.from('00000000-0000-0000-0000-000000000000');

/**
 * Returns a lower-case UUID of version 4 (RFC 9562, section 5.4) made of the 16 random bytes at `from`. Node's randomUUID
 * returns a concatenation of twenty strings, which V8 flattens wherever it is looked up or sent; this one is flat.
 */
export function uuidFrom(random: Uint8Array, from: number): string {
  let byte = from;
  for (const position of POSITIONS) {
    const value = random[byte++] ?? 0;
    text[position] = HIGH[value] ?? 0;
    text[position + 1] = LOW[value] ?? 0;
  }
  const version = 0x40;
  const variant = 0x80;
  text[14] = HIGH[version] ?? 0;
  text[19] = HIGH[variant | ((random[from + 8] ?? 0) & 0x30)] ?? 0;
  return text.toString('latin1');
}
