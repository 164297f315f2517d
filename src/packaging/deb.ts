import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Entry, tar } from './tar.ts';

export interface DebParts {
  /** The fields of `control` that don't follow from the files. */
  readonly control: Readonly<Record<string, string>>;
  /** Maintainer scripts and lists by name: `postinst`, `conffiles`. */
  readonly scripts: ReadonlyMap<string, string>;
  readonly files: readonly Entry[];
  /** The time of all entries, in seconds since 1970. */
  readonly seconds: number;
  /** Compresses the files. Default: `compressed`. */
  readonly compress?: (bytes: Buffer) => { format: 'xz' | 'gz'; bytes: Buffer };
}

/** Returns a Debian package (deb(5)): an ar archive of two tar archives. */
export function deb({ control, scripts, files, seconds, compress = compressed }: DebParts): Buffer {
  const fields = { ...control, 'Installed-Size': String(kibibytes(files)) };
  const inside: Entry[] = [
    { path: '/', mode: 0o755 },
    ...[...scripts].map(([name, text]) => ({
      path: `/${name}`,
      mode: name === 'conffiles' ? 0o644 : 0o755,
      content: Buffer.from(text),
    })),
    { path: '/md5sums', mode: 0o644, content: Buffer.from(sums(files)) },
    { path: '/control', mode: 0o644, content: Buffer.from(stanza(fields)) },
  ];
  const data = compress(tar(withFolders(files), seconds));
  return ar(
    [
      ['debian-binary', Buffer.from('2.0\n')],
      ['control.tar.gz', gzipSync(tar(inside, seconds), { level: 9 })],
      [`data.tar.${data.format}`, data.bytes],
    ],
    seconds,
  );
}

/** With `xz` if this machine has it, which saves a quarter, else as Node can. All versions of dpkg in use read both. */
export function compressed(bytes: Buffer, program = 'xz'): { format: 'xz' | 'gz'; bytes: Buffer } {
  const { status, stdout } = spawnSync(program, ['-3', '--threads=0', '--stdout'], {
    input: bytes,
    maxBuffer: bytes.length + 65_536,
  });
  if (status === 0) return { format: 'xz', bytes: stdout };
  return { format: 'gz', bytes: gzipSync(bytes, { level: 9 }) };
}

function stanza(fields: Readonly<Record<string, string>>): string {
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n`;
}

function kibibytes(files: readonly Entry[]): number {
  return files.reduce((sum, { content }) => sum + Math.ceil((content?.length ?? 0) / 1_024) + 1, 0);
}

/** As in every Debian package: what dpkg --verify compares. */
function sums(files: readonly Entry[]): string {
  return files
    .filter(({ path, content }) => content !== undefined && !path.startsWith('/etc/'))
    .map(({ path, content = '' }) => `${createHash('md5').update(content).digest('hex')}  ${path.slice(1)}\n`)
    .join('');
}

/** dpkg expects each folder before what is in it. */
function withFolders(files: readonly Entry[]): Entry[] {
  const folders = new Set(files.flatMap(({ path }) => parents(path)));
  const entries = [...folders].map((path): Entry => ({ path, mode: 0o755 }));
  return [...entries, ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parents(path: string): string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, index) => `${steps.slice(0, index + 1).join('/')}/`);
}

function ar(members: readonly (readonly [name: string, bytes: Buffer])[], seconds: number): Buffer {
  const parts = members.flatMap(([name, bytes]) => {
    const fields = [name.padEnd(16), String(seconds).padEnd(12), '0     ', '0     ', '100644  '];
    return [
      Buffer.from(`${fields.join('')}${String(bytes.length).padEnd(10)}\`\n`),
      bytes,
      // Each member begins at an even place.
      Buffer.from(bytes.length % 2 === 0 ? '' : '\n'),
    ];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}
