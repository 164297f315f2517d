/** A file, folder or link of an archive. */
export interface Entry {
  /** Absolute in the system that it is unpacked into: `/usr/bin/parley`. Folders end in `/`. */
  readonly path: string;
  readonly content?: Buffer;
  readonly mode: number;
}

const BLOCK = 512;

/**
 * Writes a tar archive in the ustar format (POSIX.1-1988), which dpkg reads. Everything belongs to root.
 * @param seconds the time of all entries, since 1970
 */
export function tar(entries: readonly Entry[], seconds: number): Buffer {
  const blocks = entries.flatMap(({ path, content = Buffer.alloc(0), mode }) => [
    header(path, content.length, mode, seconds),
    content,
    Buffer.alloc(-content.length & (BLOCK - 1)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, bytes: number, mode: number, seconds: number): Buffer {
  const name = `.${path}`;
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for tar: max 100 bytes`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(seconds, 12), 136);
  // The checksum is computed as if it were spaces.
  block.write(' '.repeat(8), 148);
  block.write(path.endsWith('/') ? '5' : '0', 156);
  block.write('ustar\u000000', 257);
  block.write('root', 265);
  block.write('root', 297);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return block;
}

/** Zero-terminated. */
function octal(value: number, bytes: number): string {
  return `${value.toString(8).padStart(bytes - 1, '0')}\0`;
}
