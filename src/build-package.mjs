// Makes dist/client a package: the SDK module by module, so that a bundler takes only what a page imports, each with its
// source map; the types in one file; README and licence. The same sources are dist/client.js, in one file for pages.
// Plain JavaScript, as build.mjs, which runs it once the server, the handbook and dist/client.d.ts are there.
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'vite';
import { addressOf, CHAPTERS } from '../dist/http/docs/handbook.js';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'dist/client');
const LIB = join(PACKAGE, 'lib');
/** The one package that is built in. */
const VALIBOT = join(ROOT, 'node_modules/valibot');

const text = (path) => readFile(path, 'utf8');

await rm(LIB, { recursive: true, force: true });
await build({
  root: ROOT,
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: LIB,
    copyPublicDir: false,
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: { entry: 'src/client/index.ts', formats: ['es'] },
    rolldownOptions: {
      output: {
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: ({ name }) => `${moduleName(name)}.js`,
        sourcemapPathTransform: sourceName,
      },
      // As in vite.client.config.ts.
      treeshake: { propertyReadSideEffects: false },
    },
  },
});
await copyFile(join(ROOT, 'dist/client.d.ts'), join(LIB, 'index.d.ts'));
await writeFile(join(PACKAGE, 'README.md'), withoutLinks(await text(join(ROOT, 'src/client/README.md'))));
await writeFile(join(PACKAGE, 'LICENSE'), await licence());
await writeFile(join(PACKAGE, 'package.json'), `${JSON.stringify(await manifest(), undefined, 2)}\n`);

/** npm packs no folder that is called node_modules. */
function moduleName(name) {
  return name.replace(/^.*node_modules\/valibot\/.*/, 'valibot').replace(/^client\//, '');
}

/** Names a source by its place in this project, as if the project were the package. */
function sourceName(path, map) {
  const folder = dirname(map);
  // Without what is before node_modules: it may be a link to another project's.
  const place = relative(ROOT, resolve(folder, path)).replace(/^.*(?=node_modules\/)/, '');
  return relative(folder, join(PACKAGE, place));
}

/** Other documents are not in the package: a link names the page of the handbook that each server has. */
function withoutLinks(markdown) {
  return markdown.replace(/\[([^\]]+)\]\((?!https?:)([^)#]*)[^)]*\)/g, (_, words, path) => {
    const chapter = CHAPTERS.find(({ file }) => file === join('src/client', path));
    return chapter === undefined ? words : `${words} (${addressOf(chapter)})`;
  });
}

async function licence() {
  const own = await text(join(ROOT, 'LICENSE'));
  return `${own}\n---\n\nlib/valibot.js is Valibot:\n\n${await text(join(VALIBOT, 'LICENSE.md'))}`;
}

async function manifest() {
  const { version, license } = JSON.parse(await text(join(ROOT, 'package.json')));
  return {
    name: 'parley-client',
    version,
    description:
      'The browser SDK of Parley: rooms, chat and peer-to-peer calls through a server of your own.',
    license,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      './package.json': './package.json',
    },
    // For resolvers that don't know `exports`.
    main: './lib/index.js',
    types: './lib/index.d.ts',
    files: ['lib'],
    engines: { node: '>=20' },
  };
}
