import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CLOSE, CLOSE_REASONS, ERROR_CODES } from '../../src/protocol/codes.ts';
import { ENDPOINTS, type Endpoint } from '../../src/protocol/endpoints.ts';
import { clientEvents, serverEvents } from '../../src/protocol/events.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CONTRACT = 'src/protocol/README.md';
/** Holds made-up rules. */
const THIS_TEST = 'test/protocol/contract.test.ts';

interface Contract {
  readonly built: ReadonlySet<string>;
  /** Not built, or with a part that isn't ("[RM1], more"). */
  readonly planned: ReadonlySet<string>;
  /** Definitions that contradict each other. */
  readonly faults: readonly string[];
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Reads the rules that the contract defines: `- [RM1] …` above "## Planned" is built, `- [RM1], more: …` below adds to it. */
function readContract(text: string): Contract {
  const [above = '', below = ''] = text.split('\n## Planned\n');
  const built = definitions(above);
  const planned = definitions(below);
  const faults = [
    ...repeated(built.map(({ id }) => id)).map((id) => `${id} is defined twice as built`),
    ...repeated(planned.map(({ id }) => id)).map((id) => `${id} is defined twice as planned`),
  ];
  const ids = new Set(built.map(({ id }) => id));
  for (const { id, more } of built) if (more) faults.push(`${id}, more: stands among the built rules`);
  for (const { id, more } of planned) {
    if (more && !ids.has(id)) faults.push(`${id}, more: adds to no built rule`);
    if (!more && ids.has(id)) faults.push(`${id} is defined as built and as planned`);
  }
  return { built: ids, planned: new Set(planned.map(({ id }) => id)), faults };
}

function definitions(text: string): { id: string; more: boolean }[] {
  return [...text.matchAll(/^- \[([A-Z]{2}\d+)\](, more:)?/gm)].map(([, id = '', more]) => ({
    id,
    more: more !== undefined,
  }));
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function idsIn(text: string): string[] {
  return [...text.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, id = '']) => id);
}

/** Uses of IDs that the contract doesn't define, as `path: ID`. */
function undefinedUses({ built, planned }: Contract, files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    [...new Set(idsIn(text))]
      .filter((id) => !built.has(id) && !planned.has(id))
      .map((id) => `${path}: ${id}`),
  );
}

/** Built rules that no title names. */
function untested({ built }: Contract, titles: readonly string[]): string[] {
  const named = new Set(titles.flatMap(idsIn));
  return [...built].filter((id) => !named.has(id));
}

/** Rules that a title names although the contract calls them planned: they have been built, and must move up. */
function testedButPlanned({ built, planned }: Contract, titles: readonly string[]): string[] {
  const named = new Set(titles.flatMap(idsIn));
  return [...planned].filter((id) => !built.has(id) && named.has(id));
}

/** The endpoints of tables such as `| GET `/a`, `/b` | all |`, as `GET /a: all` and `GET /b: all`. */
function endpointsIn(text: string): string[] {
  const rows = text.matchAll(/^\| (GET|POST|PUT|PATCH|DELETE) ((?:`[^`]*`(?:, )?)+) \| ([^|]*) \|/gm);
  return [...rows].flatMap(([, method, paths = '', who]) =>
    [...paths.matchAll(/`([^`]*)`/g)].map(([, path]) => `${method} ${path}: ${who}`),
  );
}

function whoOf({ who, roomToken }: Endpoint): string {
  if (who === 'operator') return 'this machine, or `METRICS_TOKEN`';
  if (who === 'self_or_admin') return 'self, admin';
  if (who === 'service_or_user') return 'service, or the user';
  return who === 'user' && roomToken !== undefined ? 'any token' : who;
}

/** The titles of `describe`, `it` and `test`, and of their variants such as `it.each(…)(title, …)`. */
function titlesIn({ path, text }: SourceFile): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(describe|it|test)$/.test(rootOf(node.expression))) {
      const [title] = node.arguments;
      if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
        titles.push(title.getText());
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return titles;
}

function rootOf(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) return rootOf(callee.expression);
  return '';
}

function filesIn(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(tsx?|mjs|c|h|sql|md|css|html)$/.test(path))
    .filter((path) => path !== CONTRACT && path !== THIS_TEST)
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

describe('the contract', () => {
  const text = readFileSync(join(ROOT, CONTRACT), 'utf8');
  const [above = ''] = text.split('\n## Planned\n');
  const contract = readContract(text);
  const tests = filesIn('test');
  const titles = tests.filter(({ path }) => path.endsWith('.test.ts')).flatMap(titlesIn);

  it('defines each rule once', () => {
    expect(contract.faults).toEqual([]);
    expect(contract.built.size).toBeGreaterThan(40);
    expect(contract.planned.size).toBeGreaterThan(10);
  });

  it('defines every rule that code, tests and documents name', () => {
    expect(undefinedUses(contract, [...filesIn('src'), ...tests])).toEqual([]);
  });

  it('names no rule in its own text that it does not define', () => {
    expect(undefinedUses(contract, [{ path: CONTRACT, text }])).toEqual([]);
  });

  it('calls no rule built that no test names', () => {
    expect(untested(contract, titles)).toEqual([]);
  });

  it('lists as built the endpoints that there are, and who may call them', () => {
    // One that answers by `accept` shares its path with another, whose row it follows.
    const endpoints = Object.values<Endpoint>(ENDPOINTS).filter(({ accept }) => accept === undefined);
    const there = endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}: ${whoOf(endpoint)}`);
    expect(new Set(endpointsIn(above))).toEqual(new Set(there));
  });

  it('names as built the events, error codes and close codes that there are', () => {
    const events = Object.keys({ ...clientEvents, ...serverEvents }).filter((name) => name.includes(':'));
    const named = [...above.matchAll(/(?<=[`\s])([a-z]+:[a-z]+)(?=[\s`])/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(events));
    const words = new Set(above.match(/\b[a-z]+(?:_[a-z]+)*\b/g));
    expect(ERROR_CODES.filter((code) => !words.has(code))).toEqual([]);
    const ownCodes = Object.values(CLOSE).filter((code) => code >= 4000);
    expect(ownCodes.filter((code) => !above.includes(`${code} \`${CLOSE_REASONS[code]}\``))).toEqual([]);
  });

  it('calls no rule planned that a test names', () => {
    expect(testedButPlanned(contract, titles)).toEqual([]);
  });
});

describe('the check of the contract', () => {
  const contract = readContract(`
- [AA1] is built, see [BB2].
- [AA2] is built in part.

## Planned

- [AA2], more: the other part.
- [BB2] comes later.
`);

  it('tells built rules from planned ones', () => {
    expect(contract).toEqual({
      built: new Set(['AA1', 'AA2']),
      planned: new Set(['AA2', 'BB2']),
      faults: [],
    });
  });

  it('finds definitions that contradict each other', () => {
    const wrong =
      '- [AA1] x\n- [AA1] y\n- [AA2], more: z\n- [AA3] z\n## Planned\n- [AA3] z\n- [AA4], more: z\n';
    expect(readContract(wrong).faults).toEqual([
      'AA1 is defined twice as built',
      'AA2, more: stands among the built rules',
      'AA3 is defined as built and as planned',
      'AA4, more: adds to no built rule',
    ]);
  });

  it('finds an ID that is used and not defined', () => {
    const files = [
      { path: 'src/a.ts', text: '/** As [AA1] says, and [BB2]. */' },
      { path: 'src/b.ts', text: '// [AA9] [AA9]' },
    ];
    expect(undefinedUses(contract, files)).toEqual(['src/b.ts: AA9']);
  });

  it('finds a built rule that only a comment names, and a planned one that a test names', () => {
    const text = `
      // [AA1]
      describe.each([1])('[AA2] %s', () => {
        it.each(['[AA1]'])(\`[BB2] \${word}\`, () => expect('[AA1]'));
      });`;
    const titles = titlesIn({ path: 'a.test.ts', text });
    expect(titles.flatMap(idsIn)).toEqual(['AA2', 'BB2']);
    expect(untested(contract, titles)).toEqual(['AA1']);
    expect(testedButPlanned(contract, titles)).toEqual(['BB2']);
  });
});
