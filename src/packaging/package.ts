import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BUILT, THREADS } from '../lib/own-files.ts';
import { findVersions, VERSIONS_ASSET } from '../versions.ts';
import { type Bundle, bundle } from './bundle.ts';
import { debianPackage } from './debian.ts';
import { assetsOf, writeExecutable } from './executable.ts';

// `npm run package`: makes of `dist` a single executable, dist/parley, and a Debian package with it.
const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');

const versions = findVersions();
const executable = join(DIST, 'parley');
const main = await bundle(DIST, 'main.js');
const threads = await Promise.all(
  THREADS.map(async (file) => [file, await bundle(DIST, `${file}.js`)] as const),
);
const bundles: readonly Bundle[] = [main, ...threads.map(([, thread]) => thread)];

writeExecutable(
  executable,
  {
    main: main.code,
    assets: new Map<string, string | Buffer>([
      ...assetsOf(BUILT, 'dist/', [
        ...BUILT.list('web').map((name) => `web/${name}`),
        ...BUILT.list('docs').map((name) => `docs/${name}`),
        ...['client.js', 'client.d.ts', 'embed.js', 'embed.d.ts'],
      ]),
      ...['package.json', 'schema.sql', 'turnserver.conf'].map((name) => [name, read(name)] as const),
      ...threads.map(([file, { code }]) => [`threads/${file}.js`, code] as const),
      ...bundles.flatMap(({ addons }) => [...addons]),
      [VERSIONS_ASSET, JSON.stringify(versions)],
    ]),
  },
  mkdtempSync(join(tmpdir(), 'parley-package-')),
);
console.log(`made ${executable}`);

const file = join(DIST, `parley_${versions.version}_amd64.deb`);
const packages = new Set(bundles.flatMap((one) => [...one.packages]));
writeFileSync(
  file,
  debianPackage({ root: ROOT, version: versions.version, executable, packages, seconds: lastChange() }),
);
console.log(`made ${file}`);

function read(name: string): Buffer {
  return readFileSync(join(ROOT, name));
}

/** The time of the commit, so that the same source makes the same package; the present without one. */
function lastChange(): number {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? Number(stdout) : Math.floor(Date.now() / 1_000);
}
