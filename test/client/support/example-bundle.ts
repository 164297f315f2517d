import { join } from 'node:path';
import { compile, compileModule } from 'svelte/compiler';
import { build, type Plugin, transformWithOxc } from 'vite';
import { compileScript, parse } from 'vue/compiler-sfc';
import { ROOT } from '../../support/documents.ts';

export const EXAMPLES = join(ROOT, 'src/client/examples');

/** Compiles Vue's single files with Vue's own compiler. */
const vue: Plugin = {
  name: 'vue-files',
  async transform(text, id) {
    if (!id.endsWith('.vue')) return undefined;
    return transformWithOxc(compileVue(text, id), id, { lang: 'ts' });
  },
};

/** Compiles Svelte's components, and its library's own modules with runes, with Svelte's own compiler. */
const svelte: Plugin = {
  name: 'svelte-files',
  transform(text, id) {
    if (id.endsWith('.svelte')) return compile(text, { filename: id, generate: 'client' }).js;
    if (/\.svelte\.js$/.test(id)) return compileModule(text, { filename: id, generate: 'client' }).js;
    return undefined;
  },
};

/** Returns a component of one file as a TypeScript module, with its template. */
export function compileVue(text: string, id: string): string {
  const { descriptor, errors } = parse(text, { filename: id });
  if (errors.length > 0) throw errors[0];
  return compileScript(descriptor, { id: 'example', inlineTemplate: true }).content;
}

/** Bundles an example as a project with its framework would, with the package of `dist/client`. Returns its script. */
export async function bundleExample(main: string): Promise<string> {
  const output = await build({
    root: EXAMPLES,
    configFile: false,
    logLevel: 'silent',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
    resolve: {
      alias: { 'parley-client': join(ROOT, 'dist/client/lib/index.js') },
      conditions: ['browser', 'module', 'development'],
    },
    plugins: [vue, svelte],
    build: { write: false, minify: false, rolldownOptions: { input: join(EXAMPLES, main) } },
  });
  if (!('output' in output) || output.output.length !== 1) throw new Error('expected one file');
  return output.output[0].code;
}
