import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../support/documents.ts';
import { compileVue } from './example-bundle.ts';

/** Returns what the compiler says of an example of a framework, with the types of the package. */
export async function complaintsAbout(example: string, change = (text: string) => text): Promise<string[]> {
  // In the build, so that packages are found from there.
  const folder = await mkdtemp(join(ROOT, 'dist/example-types-'));
  try {
    const files = await Promise.all(
      (await readdir(example)).map(async (name) => {
        const [file, text] = asTypeScript(name, change(await readFile(join(example, name), 'utf8')));
        await writeFile(join(folder, file), text);
        return join(folder, file);
      }),
    );
    const program = ts.createProgram(files, {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: [],
      jsx: ts.JsxEmit.ReactJSX,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      module: ts.ModuleKind.ES2022,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      paths: { 'parley-client': [join(ROOT, 'dist/client/lib/index.d.ts')] },
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file of an example as TypeScript, under the name that an import of it finds. */
function asTypeScript(name: string, text: string): [name: string, text: string] {
  if (name.endsWith('.vue')) return [`${name}.ts`, compileVue(text, name)];
  if (!name.endsWith('.svelte')) return [name, text];
  // The template is Svelte's own language; the script is TypeScript with runes.
  const [, script = ''] = /<script[^>]*>\n([\s\S]*?)<\/script>/.exec(text) ?? [];
  return [`${name}.ts`, `${script}\nexport default {} as import('svelte').Component<Props>;\n`];
}
