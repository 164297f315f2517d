import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compressed, deb } from '../../src/packaging/deb.ts';
import { newestGlibc } from '../../src/packaging/debian.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-deb-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LARGE = Buffer.from('all work and no play '.repeat(100_000));

function made(compress: typeof compressed) {
  const file = join(folder, 'made.deb');
  const bytes = deb({
    control: {
      Package: 'example',
      Version: '1.0',
      Architecture: 'all',
      Maintainer: 'A <a@example.org>',
      Description: 'x',
    },
    scripts: new Map([
      ['postinst', '#!/bin/sh\n'],
      ['conffiles', '/etc/example/settings\n'],
    ]),
    files: [
      { path: '/usr/bin/example', mode: 0o755, content: LARGE },
      { path: '/etc/example/settings', mode: 0o640, content: Buffer.from('odd') },
    ],
    seconds: 1_700_000_000,
    compress,
  });
  writeFileSync(file, bytes);
  return file;
}
const dpkg = (...args: string[]) =>
  execFileSync('dpkg-deb', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });

describe('a .deb', () => {
  it.each([
    ['xz', compressed],
    ['gz', (bytes: Buffer) => compressed(bytes, 'no-such-program')],
  ] as const)("is read by Debian's own tools: %s", (format, compress) => {
    const file = made(compress);
    expect(execFileSync('ar', ['t', file], { encoding: 'utf8' })).toBe(
      `debian-binary\ncontrol.tar.gz\ndata.tar.${format}\n`,
    );
    expect(dpkg('--field', file, 'Package', 'Installed-Size')).toBe(
      'Package: example\nInstalled-Size: 2054\n',
    );
    const lines = dpkg('--contents', file).trim().split('\n');
    expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'drwxr-xr-x root/root 0 2023-11-14 22:13 ./',
      'drwxr-xr-x root/root 0 2023-11-14 22:13 ./etc/',
      'drwxr-xr-x root/root 0 2023-11-14 22:13 ./etc/example/',
      '-rw-r----- root/root 3 2023-11-14 22:13 ./etc/example/settings',
      'drwxr-xr-x root/root 0 2023-11-14 22:13 ./usr/',
      'drwxr-xr-x root/root 0 2023-11-14 22:13 ./usr/bin/',
      `-rwxr-xr-x root/root ${LARGE.length} 2023-11-14 22:13 ./usr/bin/example`,
    ]);
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    dpkg('--raw-extract', file, unpacked);
    expect(readFileSync(join(unpacked, 'usr/bin/example')).equals(LARGE)).toBe(true);
    expect(statSync(join(unpacked, 'DEBIAN/postinst')).mode & 0o777).toBe(0o755);
    execFileSync('md5sum', ['--check', '--quiet', join(unpacked, 'DEBIAN/md5sums')], { cwd: unpacked });
  });

  it('says which glibc its program needs', () => {
    const program = Buffer.from('\0GLIBC_2.9\0GLIBC_2.28\0GLIBC_2.2.5\0__libc_start_main\0GLIBC_PRIVATE\0');
    expect(newestGlibc(program)).toBe('2.28');
  });
});
