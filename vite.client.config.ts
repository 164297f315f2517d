import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import ts from 'typescript';
import { defineConfig } from 'vite';

const ROOT = import.meta.dirname;
const ENTRY = 'src/client/index.ts';
const OUTPUT = join(ROOT, 'dist/client.d.ts');

/** The browser SDK: src/client → dist/client.js, one ES module without imports, and dist/client.d.ts, its types. */
export default defineConfig({
  plugins: [{ name: 'client-types', closeBundle: writeTypes }],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    // `minify` above it leaves the white space of a library alone; this one is an end product.
    rolldownOptions: {
      output: { minify: true },
      // Reading a constant's property does nothing: the schemas of requests stay on the server.
      treeshake: { propertyReadSideEffects: false },
    },
    lib: { entry: ENTRY, formats: ['es'], fileName: () => 'client.js' },
  },
});

/**
 * The SDK's types in one file without imports. What is inferred from valibot's schemas is written out first, so that
 * a reader sees a room's fields and not the schema library's types.
 */
async function writeTypes(): Promise<void> {
  // Inside the project, so that packages are found from there.
  const copy = await mkdtemp(join(ROOT, 'dist/client-types-'));
  try {
    await cp(join(ROOT, 'src/client'), join(copy, 'src/client'), { recursive: true });
    await cp(join(ROOT, 'src/protocol'), join(copy, 'src/protocol'), { recursive: true });
    await writeOutInferred(copy);
    const { include: _, ...config } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8'));
    await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, files: [ENTRY] }));
    const [bundle = ''] = generateDtsBundle(
      [{ filePath: join(copy, ENTRY), output: { noBanner: true, exportReferencedTypes: false } }],
      { preferredConfigPath: join(copy, 'tsconfig.json') },
    );
    const types = withoutSchemas(bundle);
    if (/\bimport\b|\bv\./.test(types.replace(/\/\*[\s\S]*?\*\//g, ''))) {
      throw new Error('The types of the SDK lean on another module; write out what they infer.');
    }
    await writeFile(OUTPUT, types);
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Puts each `type X = v.InferOutput<…>` of the copied protocol in plain words. */
async function writeOutInferred(folder: string): Promise<void> {
  const program = ts.createProgram([join(folder, ENTRY)], compilerOptions());
  const checker = program.getTypeChecker();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  for (const file of program.getSourceFiles()) {
    if (relative(join(folder, 'src/protocol'), file.fileName).startsWith('..')) continue;
    let text = file.text;
    // From the end, so that positions before it stay right.
    for (const statement of [...file.statements].reverse()) {
      if (!ts.isTypeAliasDeclaration(statement) || statement.typeParameters !== undefined) continue;
      if (!statement.type.getText(file).startsWith('v.InferOutput<')) continue;
      const plain = checker.typeToString(checker.getTypeAtLocation(statement.name), statement, flags);
      text = text.slice(0, statement.type.getStart(file)) + plain + text.slice(statement.type.end);
    }
    await writeFile(file.fileName, text);
  }
}

/** A schema shares its name with its type, and comes along with it. */
function withoutSchemas(bundle: string): string {
  const file = ts.createSourceFile('client.d.ts', bundle, ts.ScriptTarget.Latest, true);
  const kept = file.statements.filter((statement) => {
    if (!ts.isVariableStatement(statement)) return true;
    return !statement.declarationList.declarations.some(({ type }) => type?.getText(file).startsWith('v.'));
  });
  return `${kept.map((statement) => statement.getFullText(file).trim()).join('\n')}\n`;
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}
