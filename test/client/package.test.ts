import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentText, ROOT } from '../support/documents.ts';
import { type Installed, installPackage } from './support/installed-package.ts';

/** What a browser has and Node may have, and nothing of the SDK may look at before it is called. */
const BROWSER_GLOBALS =
  'window document navigator location localStorage sessionStorage RTCPeerConnection WebSocket fetch Audio';

/** What a block without an import is a part of. */
const AROUND = `
import type { Call, RemotePeer } from 'parley-client';
declare const call: Call;
declare const peer: RemotePeer, other: RemotePeer;
declare const page: unknown;
declare const sign: HTMLElement, soundOnly: HTMLButtonElement;
declare function movePointer(key: string, data: unknown): void;
`;

let installed: Installed;
beforeAll(async () => {
  installed = await installPackage();
});
afterAll(() => installed.remove());

describe('the package of dist/client', () => {
  it('has code, source maps, types, guide and licence, and depends on nothing', async () => {
    const manifest = JSON.parse(await readFile(join(installed.package, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      name: 'parley-client',
      version: JSON.parse(documentText('package.json')).version,
      type: 'module',
      sideEffects: false,
    });
    expect(Object.keys(manifest.exports['.'])[0]).toBe('types');
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
    expect(await readdir(join(installed.folder, 'node_modules'))).toEqual([
      '.package-lock.json',
      'parley-client',
    ]);
    const outside = installed.files.filter((name) => !name.startsWith('lib/'));
    expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    const packed = new Set(installed.files);
    const others = installed.files.filter((name) => !/\.js(\.map)?$/.test(name) && !outside.includes(name));
    expect(others).toEqual(['lib/index.d.ts']);
    // The entry has only exports, and nothing to map.
    const unmapped = installed.files.filter((name) => name.endsWith('.js') && !packed.has(`${name}.map`));
    expect(unmapped).toEqual(['lib/index.js']);
    const licence = await readFile(join(installed.package, 'LICENSE'), 'utf8');
    expect(licence).toContain('The Parley authors');
    expect(licence).toContain('Fabian Hiller');
  });

  it('has a guide whose links lead nowhere outside the package: it names the pages of the handbook', async () => {
    const guide = await readFile(join(installed.package, 'README.md'), 'utf8');
    expect(guide).toContain('# The SDK');
    expect(guide).toContain('(/docs/examples)');
    expect(guide.match(/\]\((?!https:)[^)]*\)/g)).toBeNull();
  });

  it('exports what /client.js exports', async () => {
    const { stdout } = await installed.node(
      "import * as parley from 'parley-client'; console.log(JSON.stringify(Object.keys(parley)));",
    );
    const served = await import(/* @vite-ignore */ join(ROOT, 'dist/client.js'));
    expect(JSON.parse(stdout)).toEqual(Object.keys(served).sort());
  });

  it.each([
    ['nodenext', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ['bundler', ts.ModuleKind.ES2022, ts.ModuleResolutionKind.Bundler],
  ] as const)('has types for programs that resolve as %s', async (name, module, moduleResolution) => {
    const blocks = [...documentText('src/client/README.md').matchAll(/```ts\n([\s\S]*?)```/g)];
    expect(blocks.length).toBeGreaterThan(3);
    const paths = await Promise.all(
      blocks.map(([, block = ''], index) =>
        installed.write(
          `${name}-${index}.ts`,
          block.includes('import ')
            ? block.replace("'https://calls.example.org/client.js'", "'parley-client'")
            : AROUND + block,
        ),
      ),
    );
    const wrong = await installed.write(
      `${name}-wrong.ts`,
      "import { LIMITS } from 'parley-client';\nexport const no: string = LIMITS.people.max;\n",
    );
    const program = ts.createProgram([...paths, wrong], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      module,
      moduleResolution,
    });
    const complaints = ts.getPreEmitDiagnostics(program);
    expect(complaints.map(({ file }) => file?.fileName)).toEqual([wrong]);
    expect(complaints[0]?.messageText).toBe("Type 'number' is not assignable to type 'string'.");
  });

  it('touches nothing of the browser when it is imported', async () => {
    const { stdout } = await installed.node(`
      for (const name of ${JSON.stringify(BROWSER_GLOBALS)}.split(' ')) {
        Object.defineProperty(globalThis, name, { get() { throw new Error(name + ' was touched'); } });
      }
      const { LIMITS } = await import('parley-client');
      console.log(LIMITS.people.max);
    `);
    expect(stdout).toBe('50\n');
  });

  it('says what is missing where there is no WebSocket or no WebRTC', async () => {
    const { stdout } = await installed.node(`
      delete globalThis.WebSocket;
      const { connect, joinCall, ParleyClientError } = await import('parley-client');
      const tell = (error) => console.log(error instanceof ParleyClientError, error.code, error.message);
      const baseUrl = 'https://calls.example.org';
      await connect({ baseUrl, token: 'x' }).catch(tell);
      const url = baseUrl + '/connect/7d3e1f0a-52c4-4b7e-9a61-0c8f5d2b9e34';
      await joinCall({ url, token: 'x' }).catch(tell);
      await joinCall({ url, token: 'x', camera: true }).catch(tell);
    `);
    const [connecting, joining, opening] = stdout.trim().split('\n');
    expect(connecting).toMatch(/^true unsupported This runtime has no WebSocket/);
    expect(joining).toMatch(/^true unsupported This runtime has no WebSocket/);
    expect(opening).toMatch(/^true unsupported This page has no access to camera/);
  });

  it('has source maps that lead to the line in the source, which they bring along', async () => {
    const { stdout } = await installed.node(
      `
      delete globalThis.WebSocket;
      const { connect } = await import('parley-client');
      await connect({ baseUrl: 'https://calls.example.org', token: 'x' }).catch(({ stack }) => console.log(stack));
    `,
      '--enable-source-maps',
    );
    const [, line = ''] = /parley-client\/src\/client\/client\.ts:(\d+):/.exec(stdout) ?? [];
    const source = documentText('src/client/client.ts');
    expect(source.split('\n')[Number(line) - 1]).toContain('throw new ParleyClientError(');
    const map = JSON.parse(await readFile(join(installed.package, 'lib/client.js.map'), 'utf8'));
    expect(map.sourcesContent).toEqual([source]);
  });

  it('names no source outside the package', async () => {
    const maps = installed.files.filter((name) => name.endsWith('.map'));
    const sources = await Promise.all(
      maps.map(async (name) => {
        const map = JSON.parse(await readFile(join(installed.package, name), 'utf8'));
        return map.sources.map((source: string) =>
          relative(installed.package, resolve(installed.package, name, '..', source)),
        );
      }),
    );
    expect(sources.flat().filter((source) => !/^(src|node_modules\/valibot)\//.test(source))).toEqual([]);
  });

  it('leaves out of a bundle what a page doesn’t import', async () => {
    const everything = await bundled(
      'import * as parley from "parley-client"; globalThis.parley = { ...parley };',
    );
    const oneClass = await bundled(
      'import { ParleyClientError } from "parley-client"; globalThis.isOurs = (e) => e instanceof ParleyClientError;',
    );
    const limits = await bundled('import { LIMITS } from "parley-client"; globalThis.limits = LIMITS;');
    const nothing = await bundled('import "parley-client"; globalThis.nothing = true;');
    expect(everything).toBeGreaterThan(80_000);
    expect(oneClass).toBeLessThan(1_000);
    expect(limits).toBeLessThan(everything / 10);
    expect(nothing).toBeLessThan(100);
  });
});

/** Returns the size of a page's script in bytes, as Vite bundles and minifies it. */
async function bundled(text: string): Promise<number> {
  const output = await build({
    root: installed.folder,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input: await installed.write('page.js', text) } },
  });
  if (!('output' in output) || output.output.length !== 1) throw new Error('expected one file');
  return Buffer.byteLength(output.output[0].code);
}
