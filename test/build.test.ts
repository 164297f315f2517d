import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './support/server/process.ts';

const ROOT = resolve(import.meta.dirname, '..');
const MANIFESTS = ['package.json', 'package-lock.json', 'LICENSE'];
/** What a build reads, and what the last one left. Packages are as large as all else together, and no build reads them. */
const COPIED = ['src', 'dist', ...MANIFESTS, 'tsconfig.json', 'tsconfig.build.json'];
const CONFIGS = ['vite.config.ts', 'vite.client.config.ts', 'vite.embed.config.ts'];
const DOCUMENTS = ['README.md', 'test/README.md', 'test/bench/README.md'];

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'parley-build-'));
  for (const path of [...COPIED, ...CONFIGS, ...DOCUMENTS])
    cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: (from) => !isPackage(from) });
});
afterEach(() => rmSync(copy, { recursive: true }));

const isPackage = (path: string) => /^dist\/parley/.test(relative(ROOT, path));
const install = () => symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
const build = (...flags: string[]) => run(process.execPath, [join(copy, 'src/build.mjs'), ...flags], 90_000);

describe('src/build.mjs', () => {
  it('builds nothing if nothing has changed', async () => {
    install();
    expect(await build()).toEqual({ code: 0, output: '' });
  });

  it('builds the parts whose sources have changed, and only these', async () => {
    install();
    writeFileSync(join(copy, 'src/web/added.ts'), 'export {};\n');
    rmSync(join(copy, 'dist/client.d.ts'));
    expect(await build()).toEqual({ code: 0, output: 'building the SDK ...\nbuilding the page ...\n' });
    expect(await build()).toEqual({ code: 0, output: '' });
  });

  it('takes nothing as built after a build that failed, which leaves files behind', async () => {
    install();
    writeFileSync(join(copy, 'src/lib/broken.ts'), 'export const broken: string = 7;\n');
    expect((await build()).code).not.toBe(0);
    expect(readFileSync(join(copy, 'dist/lib/broken.js'), 'utf8')).toContain('broken');
    expect(JSON.parse(readFileSync(join(copy, 'dist/built.json'), 'utf8'))).not.toHaveProperty('server');
  });

  it('says what to do if the compiler is not installed, and uses what there is', async () => {
    writeFileSync(join(copy, 'src/added.ts'), 'export {};\n');
    const withBuilt = await build();
    expect(withBuilt.code).toBe(0);
    expect(withBuilt.output).toContain('Run `npm ci` to build it anew.');
    rmSync(join(copy, 'dist'), { recursive: true });
    const withNone = await build();
    expect(withNone.code).toBe(1);
    expect(withNone.output).toContain('Run `npm ci`, without --omit=dev.');
    // As `npm ci` itself calls it: the installation goes on.
    expect((await build('--may-fail')).code).toBe(0);
  });
});
