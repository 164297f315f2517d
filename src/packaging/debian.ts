import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { deb } from './deb.ts';
import type { Entry } from './tar.ts';

interface DebianParts {
  /** The checkout. */
  readonly root: string;
  readonly version: string;
  readonly executable: string;
  /** Folders of the packages inside the executable, absolute or relative to the checkout. */
  readonly packages: ReadonlySet<string>;
  /** The time of all files, in seconds since 1970. */
  readonly seconds: number;
}

const SCRIPTS = ['postinst', 'prerm', 'postrm'];
const CONFIGURATION = ['/etc/parley/parley.env', '/etc/parley/turnserver.conf'];

/** Returns the .deb: the executable, its unit and its settings. */
export function debianPackage({ root, version, executable, packages, seconds }: DebianParts): Buffer {
  const own = (name: string) => readFileSync(join(root, 'src/packaging/debian', name));
  const program = readFileSync(executable);
  const doc = '/usr/share/doc/parley';
  const files: Entry[] = [
    { path: '/usr/bin/parley', mode: 0o755, content: program },
    { path: '/usr/sbin/parleyctl', mode: 0o755, content: own('parleyctl') },
    { path: '/usr/lib/systemd/system/parley.service', mode: 0o644, content: own('parley.service') },
    // Not for everybody's eyes: people put secrets here.
    { path: '/etc/parley/parley.env', mode: 0o640, content: own('parley.env') },
    {
      path: '/etc/parley/turnserver.conf',
      mode: 0o640,
      content: readFileSync(join(root, 'turnserver.conf')),
    },
    { path: `${doc}/README.md`, mode: 0o644, content: readFileSync(join(root, 'src/packaging/README.md')) },
    { path: `${doc}/settings.md`, mode: 0o644, content: readFileSync(join(root, 'src/config/README.md')) },
    { path: `${doc}/copyright`, mode: 0o644, content: Buffer.from(copyright(root, packages)) },
    {
      path: `${doc}/changelog.gz`,
      mode: 0o644,
      content: gzipSync(changelog(version, seconds), { level: 9 }),
    },
  ];
  return deb({
    control: {
      Package: 'parley',
      Version: version,
      Architecture: 'amd64',
      Maintainer: 'The Parley authors <parley@example.org>',
      Section: 'net',
      Priority: 'optional',
      Depends: `libc6 (>= ${newestGlibc(program)}), libgcc-s1, libstdc++6, passwd`,
      Description:
        "self-hosted server for browser calls\n Page, signaling, accounts, database and TURN relay in one process: people open a link and\n see and hear each other. HTTPS certificates come from Let's Encrypt by themselves.",
    },
    scripts: new Map([
      ...SCRIPTS.map((name) => [name, own(name).toString()] as const),
      ['conffiles', CONFIGURATION.map((path) => `${path}\n`).join('')],
    ]),
    files,
    seconds,
  });
}

/** Returns the newest version of glibc that the program, or an addon inside it, names: `2.28`. */
export function newestGlibc(program: Buffer): string {
  const named = program.toString('latin1').matchAll(/\0GLIBC_2\.(\d+)(?=[\0.])/g);
  return `2.${Math.max(...[...named].map(([, minor]) => Number(minor)))}`;
}

/** In the format of debian.org/doc/packaging-manuals/copyright-format/1.0, and the licences of what is inside. */
function copyright(root: string, packages: ReadonlySet<string>): string {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  const holder =
    /^Copyright .*$/m.exec(licence)?.[0].replace(/^Copyright (\(c\) )?/, '') ?? 'The Parley authors';
  const folders = new Map([...packages].map((folder) => [resolve(root, folder), basename(folder)]));
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: parley',
    '',
    'Files: *',
    `Copyright: ${holder}`,
    'License: Expat',
    indented(licence),
    '',
    'Comment:',
    indented(
      `/usr/bin/parley contains Node.js ${process.versions.node} (https://github.com/nodejs/node/blob/main/LICENSE)\nand these packages of npm:`,
    ),
    ...[...folders].flatMap(([folder, name]) => [' .', indented(`${name}\n\n${licenceIn(folder)}`)]),
    '',
  ].join('\n');
}

function licenceIn(folder: string): string {
  if (!existsSync(folder)) return '';
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8');
  const { license = 'no licence given' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `Licence: ${license}`;
}

/** Lines of a field's text begin with a space; an empty one is a dot. */
function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
    .join('\n');
}

function changelog(version: string, seconds: number): string {
  const date = new Date(seconds * 1_000).toUTCString().replace('GMT', '+0000');
  return `parley (${version}) stable; urgency=medium\n\n  * Release ${version}.\n\n -- The Parley authors <parley@example.org>  ${date}\n`;
}
