import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/config/settings.ts';
import { parseOptions } from '../src/load/options.ts';
import { CreateRoomReply, TokensReply } from '../src/protocol/bodies.ts';
import { complaintsOf } from './support/compile.ts';
import { codeBlock, DOCUMENTS, documentText, ROOT } from './support/documents.ts';
import { createRoom, signIn } from './support/server/api.ts';
import { startServer, type TestServer } from './support/server/server.ts';

/** Max bytes of README.md, so that people read it to the end. */
const README_BYTES = 8_192;

const BACKUP_COMMANDS = {
  file: 'test/cli/backup.test.ts',
  words: ["codeBlock('src/backup/README.md', 'sh'"],
} as const;
const ADMIN_COMMANDS = {
  file: 'test/cli/admin-readme.test.ts',
  words: ["codeBlock('src/accounts/README.md', 'sh', 'admin create')"],
} as const;

/** Commands that documents show, and what runs them. */
const RUN_BY: Readonly<Record<string, { readonly file: string; readonly words: readonly string[] }>> = {
  'npm ci && npm start': { file: 'test/cli/serve.test.ts', words: ['`npm start`'] },
  'node dist/main.js backup parley-backup.db': BACKUP_COMMANDS,
  'node dist/main.js restore parley-backup.db': BACKUP_COMMANDS,
  'node dist/main.js admin create ada@example.org': ADMIN_COMMANDS,
  'node dist/main.js admin reset-link ada@example.org': ADMIN_COMMANDS,
  ...Object.fromEntries(
    [...documentText('src/accounts/README.md').matchAll(/^node dist\/main\.js token .*$/gm)].map(
      ([command]) => [command.trim(), { file: 'test/cli/admin-readme.test.ts', words: ['main.js token'] }],
    ),
  ),
  '(cd ../parley/dist/client && npm pack)': {
    file: 'test/client/support/installed-package.ts',
    words: ["'pack'", "'dist/client'"],
  },
  'npm install ../parley/dist/client/parley-client-*.tgz': {
    file: 'test/client/support/installed-package.ts',
    words: ["'install', '--offline'"],
  },
  ...Object.fromEntries(
    [...documentText('src/webhooks/README.md').matchAll(/^node dist\/main\.js webhooks .*$/gm)].map(
      ([command]) => [
        command,
        { file: 'test/webhooks/readme.test.ts', words: ["codeBlock('src/webhooks/README.md', 'sh'"] },
      ],
    ),
  ),
  'npm ci && npm test': { file: '.ci/run', words: ['npm ci', 'npm test'] },
};

describe('README', () => {
  it('is short', () => {
    expect(Buffer.byteLength(documentText('README.md'))).toBeLessThanOrEqual(README_BYTES);
  });

  it('lists the settings of an operator as they are', () => {
    const rows = [...documentText('README.md').matchAll(/^\| `[A-Z_]+` \|.*$/gm)].map(([row]) => row);
    const right = SETTINGS.map(({ name, standard, meaning }) =>
      tableRow(quoted(name), quoted(standard), meaning),
    );
    expect(rows.length).toBeGreaterThan(9);
    expect(rows.filter((row) => !right.includes(row))).toEqual([]);
  });
});

describe('the document of the settings', () => {
  it('lists every setting with its unit and default', () => {
    const text = documentText('src/config/README.md');
    for (const { name, unit, standard, meaning } of SETTINGS) {
      expect(text).toContain(tableRow(quoted(name), unit, quoted(standard), meaning));
    }
  });
});

describe('what the documents show', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('names only scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const named = DOCUMENTS.flatMap((path) => [...documentText(path).matchAll(/npm run ([\w:]+)/g)]).map(
      ([, script]) => script,
    );
    expect(named.length).toBeGreaterThan(5);
    for (const script of named) expect(scripts).toHaveProperty([String(script)]);
  });

  it('shows no command that nothing runs', () => {
    const commands = DOCUMENTS.flatMap((path) => [...documentText(path).matchAll(/```sh\n([\s\S]*?)```/g)])
      .flatMap(([, text = '']) => text.trim().split('\n'))
      .filter((command) => !isLoad(command));
    expect(new Set(commands)).toEqual(new Set(Object.keys(RUN_BY)));
    for (const { file, words } of Object.values(RUN_BY)) {
      for (const word of words) expect(documentText(file)).toContain(word);
    }
  });

  it('signs in and creates a room by the requests of the README', async () => {
    const [guest = '', register = '', room = '', ...more] = codeBlock('README.md', 'bash').trim().split('\n');
    expect(more).toEqual([]);
    expect(v.parse(TokensReply, await shell(register)).user.kind).toBe('registered');
    const { accessToken } = v.parse(TokensReply, await shell(guest));
    expect(v.parse(CreateRoomReply, await shell(room, { TOKEN: accessToken })).room.name).toBe('Tea');
  });

  async function shell(command: string, environment: NodeJS.ProcessEnv = {}): Promise<unknown> {
    const here = command.replace('http://localhost:3001', server.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', here], {
      env: { ...process.env, ...environment },
    });
    return JSON.parse(stdout);
  }

  it('is a client of about 30 lines that calls those in a room, and is answered', async () => {
    const code = codeBlock('src/ws/README.md', 'js');
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

  it.each(['README.md', 'src/client/README.md'])(
    'is SDK code in %s that compiles against what the server gives out',
    async (path) => {
      const folder = await mkdtemp(join(tmpdir(), 'parley-readme-'));
      try {
        await copyFile(join(ROOT, 'dist/client.d.ts'), join(folder, 'client.d.ts'));
        const code = codeBlock(path, 'ts').replace('https://calls.example.org/client.js', './client.js');
        await writeFile(join(folder, 'example.ts'), code);
        expect(complaintsOf([join(folder, 'example.ts')])).toEqual([]);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** Whether it starts the load generator, with flags that it understands. */
function isLoad(command: string): boolean {
  const [, flags] = /^npm run load -- (.*)$/.exec(command) ?? [];
  return flags !== undefined && parseOptions(flags.split(' ')) !== 'help';
}

function tableRow(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function quoted(word: string): string {
  return word === '' ? '' : `\`${word}\``;
}

/** Runs a module from its text, in the repository's folder, so that it finds its packages. */
function run(code: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-', ...args], { cwd: ROOT });
  let output = '';
  const listeners = new Set<() => void>();
  const append = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  child.stdin.end(code);
  return {
    /** Resolves once the output contains `words`. */
    says(words: string): Promise<void> {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(words)) return;
          clearTimeout(deadline);
          listeners.delete(look);
          resolve();
        };
        const deadline = setTimeout(() => reject(new Error(`no "${words}" in: ${output}`)), 20_000);
        listeners.add(look);
        look();
      });
    },
    end: () => void child.kill(),
  };
}
