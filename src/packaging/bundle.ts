import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ADDON_ASSETS } from '../lib/addons.ts';
import { driverFor } from '../store/sqlite/driver.ts';
import { uwsPackage } from '../uws/load.ts';

/** One file of code without packages, and the addons that it loads. */
export interface Bundle {
  readonly code: string;
  /** By the name of their asset. */
  readonly addons: ReadonlyMap<string, Buffer>;
  /** Folders of the packages inside, as absolute paths. */
  readonly packages: ReadonlySet<string>;
}

const require = createRequire(import.meta.url);

/**
 * Bundles a compiled file as CommonJS, the only kind that a single executable of Node 20 runs.
 * @param entry path in `dist`
 */
export async function bundle(dist: string, entry: string): Promise<Bundle> {
  const addons = new Map<string, Buffer>();
  const { outputFiles, metafile } = await build({
    entryPoints: [join(dist, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: `node${process.versions.node}`,
    // Packages look for files beside them only if there is no asset; a thread would have no path at all.
    define: {
      'import.meta.url': '"file:///"',
      'import.meta.dirname': '"/"',
      __filename: '"/parley"',
      __dirname: '"/"',
    },
    plugins: [nativePackages(dist), addonAssets(dist, addons), absentPackages],
    legalComments: 'none',
    logLevel: 'warning',
    logOverride: { 'require-resolve-not-external': 'silent' },
  });
  const packages = new Set(Object.keys(metafile.inputs).flatMap((file) => packageFolder(file) ?? []));
  return { code: outputFiles[0]?.text ?? '', addons, packages };
}

/** Puts in place of `lib/packages.js`, which asks Node, a list of the native packages that this Node uses. */
function nativePackages(dist: string): Plugin {
  const names = [uwsPackage(), driverFor(process.versions['napi']), 'koffi'];
  const contents = `
    const packages = new Map([${names.map((name) => `[${JSON.stringify(name)}, () => require(${JSON.stringify(entryOf(name))})]`)}]);
    export function loadPackage(name) {
      const load = packages.get(name);
      if (load !== undefined) return load();
      throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
    }`;
  return {
    name: 'native-packages',
    setup({ onLoad }) {
      onLoad({ filter: /\/lib\/packages\.js$/ }, ({ path }) =>
        path === join(dist, 'lib/packages.js') ? { contents, resolveDir: join(dist, 'lib') } : undefined,
      );
    },
  };
}

/** better-sqlite3 13 has an entry that names its addon, so that a bundler finds it. */
function entryOf(name: string): string {
  return name === 'better-sqlite3' ? `${name}/${process.platform}-${process.arch}` : name;
}

/** Makes of each `.node` file an asset, and of what requires it a call of `loadAddon`. */
function addonAssets(dist: string, addons: Map<string, Buffer>): Plugin {
  const namespace = 'addon';
  return {
    name: 'addons',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path),
        namespace,
      }));
      // These two look for their addons at run time.
      onResolve({ filter: /^@koromix\/koffi-linux-x64$/ }, ({ path }) => ({
        path: join(dirname(require.resolve(path)), 'linux_x64/koffi.node'),
        namespace,
      }));
      onResolve({ filter: /^bindings$/ }, ({ importer }) => ({
        path: join(dirname(importer), '../build/Release/better_sqlite3.node'),
        namespace: 'bindings',
      }));
      onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `module.exports = ${loading(path)};`,
        resolveDir: dist,
      }));
      onLoad({ filter: /.*/, namespace: 'bindings' }, ({ path }) => ({
        contents: `module.exports = () => ${loading(path)};`,
        resolveDir: dist,
      }));
    },
  };

  function loading(path: string): string {
    const bytes = readFileSync(path);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const file = `${basename(path, '.node')}-${hash}.node`;
    addons.set(`${ADDON_ASSETS}${file}`, bytes);
    return `require('./lib/addons.js').loadAddon('${file}')`;
  }
}

/** Speed-ups that `ws` uses if they are there. Node would warn of a `require` that can't work. */
const absentPackages: Plugin = {
  name: 'absent-packages',
  setup({ onResolve, onLoad }) {
    const namespace = 'absent';
    onResolve({ filter: /^(bufferutil|utf-8-validate)$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, () => ({ contents: `throw new Error('not installed');` }));
  },
};

/** The folder of the package that a file belongs to; undefined if it is one of Parley's own. */
function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replace(/^\w+:/, ''))?.[0];
}
