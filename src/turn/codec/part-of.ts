/** A view of the bytes, made only where they aren't all: `Buffer.copy` and `dgram.send` would make one each time. */
export function partOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  if (offset === 0 && length === bytes.length) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}
