// Builds dist/: the server, the SDK and the page, each only if its sources have changed since it was last built.
// Plain JavaScript, because it runs before anything is compiled. `npm ci`, `npm start` and `npm test` call it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist/built.json');
const MAIN = join(ROOT, 'dist/main.js');

/** What is built: from which files, by which package's program, and a file that is there afterwards. */
const PARTS = [
  {
    name: 'server',
    from: ['src', 'tsconfig.json', 'tsconfig.build.json'],
    not: ['src/web', 'src/client/examples', 'src/build'],
    run: ['typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    makes: 'dist/main.js',
  },
  {
    name: 'handbook',
    from: ['src', 'test/README.md', 'test/bench/README.md', 'README.md'],
    not: ['src/web', 'src/build'],
    run: ['dist/http/docs/write.js'],
    makes: 'dist/docs/index.html',
  },
  {
    name: 'SDK',
    from: ['src/client', 'src/protocol', 'tsconfig.json', 'vite.client.config.ts'],
    not: ['src/client/examples'],
    run: ['vite/bin/vite.js', 'build', '--config', 'vite.client.config.ts', '--logLevel', 'warn'],
    makes: 'dist/client.d.ts',
  },
  {
    name: 'SDK package',
    from: [
      'src/client',
      'src/protocol',
      'src/build-package.mjs',
      'src/http/docs/handbook.ts',
      'package.json',
      'LICENSE',
      'tsconfig.json',
      'vite.client.config.ts',
    ],
    not: ['src/client/examples'],
    run: ['src/build-package.mjs'],
    makes: 'dist/client/package.json',
  },
  {
    name: 'web component',
    from: ['src/embed', 'tsconfig.json', 'vite.embed.config.ts'],
    not: [],
    run: ['vite/bin/vite.js', 'build', '--config', 'vite.embed.config.ts', '--logLevel', 'warn'],
    makes: 'dist/embed.d.ts',
  },
  {
    name: 'page',
    from: ['src/web', 'src/embed', 'src/client', 'src/protocol', 'tsconfig.json', 'vite.config.ts'],
    not: ['src/client/examples'],
    run: ['vite/bin/vite.js', 'build', '--config', 'vite.config.ts', '--logLevel', 'warn'],
    makes: 'dist/web/index.html',
  },
];

const force = process.argv.includes('--force');
/** Set for `npm ci`, so that it installs without the compiler too. */
const mayFail = process.argv.includes('--may-fail');
const built = readBuilt();
const stale = PARTS.map((part) => ({ ...part, hash: hashOf(part) })).filter(
  ({ name, hash, makes }) => force || built[name] !== hash || !existsSync(join(ROOT, makes)),
);
if (stale.length > 0) build(stale);

function build(parts) {
  const compiler = locate('typescript/bin/tsc');
  if (compiler === undefined) {
    const isUsable = existsSync(MAIN);
    console.error(
      isUsable
        ? 'The sources changed since dist/ was built, and the compiler is not installed: using dist/ as it is. Run `npm ci` to build it anew.'
        : 'dist/ is not built and the compiler is not installed. Run `npm ci`, without --omit=dev.',
    );
    // `npm ci --omit=dev` may precede a dist/ that is copied from elsewhere.
    process.exit(isUsable || mayFail ? 0 : 1);
  }
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  for (const { name, run, hash } of parts) {
    console.log(`building the ${name} ...`);
    const [program = '', ...args] = run;
    // A build that fails may leave files of these sources behind: then even the former sources are built again.
    delete built[name];
    writeFileSync(BUILT, JSON.stringify(built));
    const { status } = spawnSync(process.execPath, [locate(program) ?? program, ...args], {
      cwd: ROOT,
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(status ?? 1);
    built[name] = hash;
    writeFileSync(BUILT, JSON.stringify(built));
  }
  chmodSync(MAIN, 0o755);
}

/** The path of a package's program; undefined if the package is not installed. */
function locate(program) {
  const [name = '', ...rest] = program.split('/');
  try {
    return join(createRequire(import.meta.url).resolve(`${name}/package.json`), '..', ...rest);
  } catch {
    return undefined;
  }
}

/** By content, not by date: a clone, an archive and a `git checkout` all touch dates. */
function hashOf({ from, not }) {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const file of from
    .flatMap(filesIn)
    .filter((file) => !not.some((skipped) => file.startsWith(skipped)))) {
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

function filesIn(path) {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1))
    .sort();
}

/** The hash of each part's sources when it was last built; `{}` if that is not known. */
function readBuilt() {
  try {
    return JSON.parse(readFileSync(BUILT, 'utf8'));
  } catch {
    return {};
  }
}
