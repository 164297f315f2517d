import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/config/settings.ts';
import { createRoom, signIn } from './support/server/api.ts';
import { startServer, type TestServer } from './support/server/server.ts';

const ROOT = resolve(import.meta.dirname, '..');

describe('README', () => {
  let readme: string;
  let server: TestServer;

  beforeAll(async () => {
    readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    server = await startServer();
  });
  afterAll(() => server.close());

  /** The text of the first block in this language. */
  function block(language: string): string {
    const [, text] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
    if (text === undefined) throw new Error(`README has no ${language} block`);
    return text;
  }

  it('lists every setting with its unit and default', () => {
    for (const { name, unit, standard, meaning } of SETTINGS) {
      const value = standard === '' ? '' : `\`${standard}\``;
      expect(readme).toContain(`| ${[`\`${name}\``, unit, value, meaning].join(' | ')} |`);
    }
  });

  it('names only scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(5);
    for (const script of named) expect(scripts).toHaveProperty([String(script)]);
  });

  it('shows a client of about 30 lines that calls those in a room, and is answered', async () => {
    const code = block('js');
    expect(code.split('\n').length).toBeLessThanOrEqual(36);
    const { accessToken } = await signIn(server.url);
    const { id } = await createRoom(server.url, accessToken);
    const first = run(code, [server.url, id]);
    try {
      await first.says('room:joined');
      const second = run(code, [server.url, id]);
      try {
        await first.says('call:offer');
        await second.says('call:answer');
      } finally {
        second.end();
      }
    } finally {
      first.end();
    }
  });

  it('shows SDK code that compiles against what the server gives out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-readme-'));
    try {
      await copyFile(join(ROOT, 'dist/client.d.ts'), join(folder, 'client.d.ts'));
      const code = block('ts').replace('https://calls.example.org/client.js', './client.js');
      await writeFile(join(folder, 'example.ts'), code);
      expect(complaints(join(folder, 'example.ts'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Runs a module from its text, in the project's folder, so that it finds its packages. */
function run(code: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-', ...args], { cwd: ROOT });
  let output = '';
  const listeners = new Set<() => void>();
  const heard = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  child.stdin.end(code);
  return {
    says(words: string): Promise<void> {
      return new Promise((said, never) => {
        const look = (): void => {
          if (!output.includes(words)) return;
          clearTimeout(deadline);
          listeners.delete(look);
          said();
        };
        const deadline = setTimeout(() => never(new Error(`${words} was not said; but: ${output}`)), 20_000);
        listeners.add(look);
        look();
      });
    },
    end: () => void child.kill(),
  };
}

function complaints(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
