import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const LIMITS = 'protocol/limits.ts';
const ROOT = resolve(SRC, '..');

/** What may be at the top, besides what git ignores. */
const TOP = [
  /^(src|test|\.ci|\.git|\.gitignore)$/,
  /^(package(-lock)?|biome|tsconfig(\.\w+)?)\.json$/,
  /^(vite|vitest)(\.\w+)?\.config\.ts$/,
  /^(schema\.sql|turnserver\.conf|README\.md|LICENSE)$/,
];
/** What others write with the SDK: no part of the house. */
const EXAMPLES = /^client\/examples\//;

/**
 * Who may import whom, beside its own folder. `signaling` and `turn` are columns of their own; `client`, `web` and
 * `load` leave the machine, so they see only what they may ship.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'config', 'domain', 'lib'],
  packaging: ['versions.ts', 'store', 'uws', 'lib'],
  cli: [
    'server.ts',
    'check-settings.ts',
    'versions.ts',
    'drain.ts',
    'doctor',
    'backup',
    'webhooks',
    'accounts',
    'store',
    'config',
    'load',
    'domain',
    'protocol',
    'lib',
  ],
  'server.ts': ['start.ts', 'start-rooms.ts', 'drain.ts', 'http', 'store', 'config', 'domain', 'lib'],
  'start.ts': [
    'drain.ts',
    'restarts.ts',
    'start-front.ts',
    'start-accounts.ts',
    'start-admin.ts',
    'start-doctor.ts',
    'start-backups.ts',
    'start-rooms.ts',
    'start-webhooks.ts',
    'backup',
    'webhooks',
    'subscriptions.ts',
    'tls',
    'ws',
    'messages',
    'chat',
    'http',
    'uws',
    'control',
    'rooms',
    'accounts',
    'signaling',
    'turn',
    'store',
    'config',
    'domain',
    'protocol',
    'lib',
  ],
  'check-settings.ts': ['tls', 'turn', 'config', 'domain', 'lib'],
  'versions.ts': ['uws', 'turn', 'store', 'lib'],
  'restarts.ts': ['store/contract.ts', 'domain', 'lib'],
  'drain.ts': ['restarts.ts', 'ws', 'chat', 'signaling', 'store/contract.ts', 'domain', 'protocol', 'lib'],
  'start-front.ts': ['listening.ts', 'tls', 'uws', 'store/contract.ts', 'config', 'domain', 'lib'],
  'start-webhooks.ts': [
    'webhooks',
    'chat',
    'rooms',
    'accounts',
    'signaling',
    'config',
    'store/contract.ts',
    'domain',
    'protocol',
    'lib',
  ],
  'subscriptions.ts': ['control', 'webhooks', 'rooms', 'accounts', 'signaling', 'turn', 'domain', 'lib'],
  'start-accounts.ts': ['accounts', 'store/contract.ts', 'config', 'domain', 'lib'],
  'start-admin.ts': ['versions.ts', 'http', 'store/contract.ts', 'protocol', 'lib'],
  'start-doctor.ts': ['doctor', 'turn', 'store/contract.ts', 'config', 'domain', 'lib'],
  'start-backups.ts': ['backup', 'config', 'store/contract.ts', 'lib'],
  'start-rooms.ts': ['chat', 'rooms', 'signaling', 'store/contract.ts', 'config', 'domain', 'lib'],
  'listening.ts': ['uws', 'domain', 'lib'],
  ws: ['uws', 'messages', 'rooms', 'accounts', 'signaling', 'config', 'domain', 'protocol', 'lib'],
  http: [
    'tls',
    'uws',
    'backup',
    'webhooks',
    'control',
    'chat',
    'rooms',
    'accounts',
    'signaling',
    'config',
    'domain',
    'protocol',
    'lib',
  ],
  messages: ['chat', 'rooms', 'accounts', 'signaling', 'domain', 'protocol', 'lib'],
  control: ['rooms', 'signaling', 'store/contract.ts', 'domain', 'protocol', 'lib'],
  webhooks: ['store/contract.ts', 'domain', 'protocol', 'lib'],
  backup: ['store/contract', 'store/contract.ts', 'domain', 'lib'],
  uws: ['domain', 'lib'],
  tls: ['uws', 'store/contract.ts', 'config', 'domain', 'protocol', 'lib'],
  chat: ['rooms', 'signaling', 'store/contract.ts', 'domain', 'protocol', 'lib'],
  rooms: ['accounts', 'signaling', 'store/contract.ts', 'domain', 'protocol', 'lib'],
  accounts: ['store/contract.ts', 'domain', 'protocol', 'lib'],
  signaling: ['domain', 'protocol', 'lib'],
  turn: ['domain', 'protocol', 'lib'],
  store: ['domain', 'protocol', 'lib'],
  config: ['domain', 'protocol', 'lib'],
  doctor: ['turn', 'tls', 'store/contract.ts', 'config', 'domain', 'protocol', 'lib'],
  load: ['client/signaling', 'domain', 'protocol', 'lib'],
  web: ['client', 'embed'],
  embed: [],
  client: ['protocol'],
  lib: ['domain', 'protocol'],
  domain: ['protocol'],
  protocol: [],
};

/**
 * The sublayers of a layer, the lowest first. A file imports at run time only from its own or a lower one; types may come
 * from any of them.
 */
const SUBLAYERS: Readonly<Record<string, readonly string[]>> = {
  http: ['metrics', 'server', 'docs', 'routes', 'attach.ts'],
  signaling: ['wire', 'session', 'calls', 'live-rooms', 'life', 'hub-stats.ts', 'hub-contract.ts', 'hub.ts'],
  store: ['contract', 'contract.ts', 'sqlite'],
  turn: ['codec', 'conf', 'core', 'io', 'thread', 'ice'],
};

/** Packages and Node modules that belong to one place. */
const AT_HOME: readonly { module: RegExp; home: RegExp }[] = [
  { module: /^(@uwsjs\/|uWebSockets\.js$|uws-legacy)/, home: /^uws\// },
  { module: /^better-sqlite3/, home: /^store\/sqlite\/driver\.ts$/ },
  { module: /^jose$/, home: /^(accounts|tls\/acme)\// },
  { module: /^(openid-client|oauth4webapi)$/, home: /^accounts\/oidc\// },
  {
    module: /^node:(dgram|net|tls)$/,
    home: /^(turn|doctor)\/io\/|^lib\/addresses\.ts$|^tls\/pair-files\.ts$/,
  },
  { module: /^koffi$/, home: /^turn\/io\/libc\.ts$/ },
  { module: /^preact/, home: /^web\// },
  { module: /^node:/, home: /^(?!client\/|embed\/|web\/|protocol\/)/ },
];

interface Arrow {
  from: string;
  to: string;
}

const files = sources(SRC);
const arrows = files.flatMap(importsOf);

describe('architecture', () => {
  it('keeps the top level as it is', () => {
    const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').trim().split('\n');
    const isIgnored = (name: string) =>
      ignored.some((pattern) =>
        pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern,
      );
    const others = readdirSync(ROOT).filter((name) => !isIgnored(name) && !TOP.some((one) => one.test(name)));
    expect(others).toEqual([]);
  });

  it('gives every folder of src a layer', () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
  });

  it('lets a file import only from its own layer or below', () => {
    const up = arrows.filter(({ from, to }) => to.startsWith('./') && !allowed(from, to.slice(2)));
    expect(up.map(({ from, to }) => `${from} → ${to.slice(2)}`)).toEqual([]);
  });

  it('gives every file of a layer with sublayers a sublayer', () => {
    const homeless = files.filter((file) => layerOf(file) in SUBLAYERS && sublayerOf(file) === -1);
    expect(homeless).toEqual([]);
  });

  it('lets a file import at run time only from its own sublayer or a lower one', () => {
    const up = files.flatMap((from) =>
      valuesImportedBy(from)
        .filter((to) => layerOf(to) === layerOf(from) && sublayerOf(to) > sublayerOf(from))
        .map((to) => `${from} → ${to}`),
    );
    expect(up).toEqual([]);
  });

  it('keeps each native or special module in its one folder', () => {
    const strays = arrows.filter(({ from, to }) =>
      AT_HOME.some(({ module, home }) => module.test(to) && !home.test(from)),
    );
    expect(strays.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('has no circle of imports between files', () => {
    expect(circle(new Map(files.map((file) => [file, targets(file)])))).toEqual([]);
  });

  it('keeps a constant that one folder uses beside its code, not in protocol/limits.ts', () => {
    const strays = constantsOf(LIMITS).filter((name) => {
      const users = new Set(files.filter((file) => limitsUsedBy(file).has(name)).map(layerOf));
      return !users.has('protocol') && users.size < 2;
    });
    expect(strays).toEqual([]);
  });

  it('knows SQLite only where a process is put together', () => {
    const importers = arrows.filter(
      ({ from, to }) => /^\.\/store\/sqlite\//.test(to) && !/^store\//.test(from),
    );
    expect(
      importers.filter(
        ({ from }) => !/^((server|start|versions)\.ts|packaging\/bundle\.ts|cli\/.*)$/.test(from),
      ),
    ).toEqual([]);
  });

  it('reads the environment and argv in main.ts alone', () => {
    const readers = files.filter((file) =>
      /process\.(env|argv)\b/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(readers.filter((file) => file !== 'main.ts')).toEqual([]);
  });

  it('[WS4] uses up message ids only where both directions of a session are numbered', () => {
    const writers = files.filter((file) => /\.markProcessed\(/.test(readFileSync(join(SRC, file), 'utf8')));
    expect(writers).toEqual(['signaling/session/inbox.ts']);
  });

  it('finds a circle and an arrow up where there is one', () => {
    expect(
      circle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
    ).toEqual(['a', 'b', 'c', 'a']);
    expect(allowed('store/sqlite/users.ts', 'http/server/router.ts')).toBe(false);
    expect(allowed('rooms/rooms.ts', 'store/sqlite/open.ts')).toBe(false);
    expect(sublayerOf('http/attach.ts')).toBeGreaterThan(sublayerOf('http/routes/rooms.ts'));
    expect(sublayerOf('http/server/router.ts')).toBeLessThan(sublayerOf('http/routes/rooms.ts'));
    expect(allowed('load/peer.ts', 'client/call.ts')).toBe(false);
    expect(allowed('load/peer.ts', 'client/signaling/session.ts')).toBe(true);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !EXAMPLES.test(path))
    .sort();
}

function importsOf(file: string): Arrow[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/g);
  return [...found].map(([, to = '']) => ({
    from: file,
    to: to.startsWith('.') ? `./${relative(SRC, resolve(SRC, dirname(file), to))}` : to,
  }));
}

/** The index of a file's sublayer in its layer, -1 if it has none. */
function sublayerOf(file: string): number {
  const path = file.slice(layerOf(file).length + 1);
  const sublayers = SUBLAYERS[layerOf(file)] ?? [];
  return sublayers.findIndex((sublayer) => path === sublayer || path.startsWith(`${sublayer}/`));
}

/** The files of src from which a file imports more than types. */
function valuesImportedBy(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const imports = text.matchAll(/^(?:import|export) (type )?(?:([^'";]*) from )?'(\.[^']*)';/gm);
  return [...imports]
    .filter(([, type, names = '']) => type === undefined && !/^\{(?:\s*type \w+,?\s*)+\}$/.test(names))
    .map(([, , , to = '']) => relative(SRC, resolve(SRC, dirname(file), to)));
}

function constantsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/^export const (\w+)/gm)].map(([, name = '']) => name);
}

/** The names that a file imports from `protocol/limits.ts`. */
function limitsUsedBy(file: string): ReadonlySet<string> {
  const text = readFileSync(join(SRC, file), 'utf8');
  const lists = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '([^']+)'/g)].filter(
    ([, , from = '']) => resolve(SRC, dirname(file), from) === join(SRC, LIMITS),
  );
  return new Set(lists.flatMap(([, list = '']) => list.match(/\w+/g) ?? []));
}

function targets(file: string): string[] {
  return importsOf(file).flatMap(({ to }) => (to.startsWith('./') ? [to.slice(2)] : []));
}

function layerOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function allowed(from: string, to: string): boolean {
  const layer = layerOf(from);
  if (layer === layerOf(to)) return true;
  return (MAY_IMPORT[layer] ?? []).some((below) => to === below || to.startsWith(`${below}/`));
}

/** The first circle found, as the path around it. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found.length > 0) return found;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found.length > 0) return found;
  }
  return [];
}
