import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { measures } from './bench/measures/index.ts';
import { withTable } from './bench/write.ts';
import { DOCUMENTS, documentText, ROOT } from './support/documents.ts';

describe('the tables of the bench', () => {
  it('have a block each, which `--write` fills and leaves as it found everything else', () => {
    const before = documentText('test/bench/README.md');
    for (const name of Object.keys(measures)) {
      const outcome = { title: 'T', head: ['server'], rows: [['made up']], notes: [], figures: {} };
      const after = withTable(before, name, outcome);
      expect(after).toContain(`<!-- bench:${name} -->\n**T**`);
      expect(after.split('<!-- bench:').length).toBe(before.split('<!-- bench:').length);
    }
  });
});

describe('what the documents name', () => {
  it('is there: every file and folder', () => {
    const missing = DOCUMENTS.flatMap((path) => missingPaths(path, documentText(path)));
    expect(missing).toEqual([]);
  });

  it('is there: every link, and the heading that it leads to', () => {
    expect(DOCUMENTS.flatMap((path) => brokenLinks(path, documentText(path)))).toEqual([]);
  });

  it('would be missed', () => {
    expect(missingPaths('src/README.md', 'See `main.ts`, `nowhere/at-all.ts` and `nowhere/`.')).toEqual([
      'src/README.md: nowhere/at-all.ts',
      'src/README.md: nowhere/',
    ]);
    const links = '[a](protocol/README.md#words) [b](protocol/README.md#nothing) [c](gone.md)';
    expect(brokenLinks('src/README.md', links)).toEqual([
      'src/README.md: protocol/README.md#nothing',
      'src/README.md: gone.md',
    ]);
  });

  it('are all the packages that are installed with Parley, and why', () => {
    const { dependencies, optionalDependencies } = JSON.parse(documentText('package.json'));
    const rows =
      documentText('src/README.md')
        .match(/^\| `.*$/gm)
        ?.join('\n') ?? '';
    const names = Object.keys({ ...dependencies, ...optionalDependencies }).map((name) =>
      name.replace(/^(@uwsjs)\/.*/, '$1/*'),
    );
    expect(names.filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
  });
});

/** Files (`src/a.ts`, in code or in a picture) and folders (`` `life/` ``) that a document names and that don't exist. */
function missingPaths(path: string, text: string): string[] {
  const prose = text.replace(/```(?:ts|js|bash|nginx|haproxy)\n[\s\S]*?```/g, '');
  const files = prose.matchAll(
    /(?<![\w/.:*-])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:tsx?|mjs|sql|conf))(?![\w/])/g,
  );
  const folders = prose.matchAll(/`((?:[\w-]+\/)+)`/g);
  const named = new Set([...files, ...folders].map(([, name = '']) => name));
  const bases = [dirname(path), 'src', '.'];
  return [...named]
    .filter((name) => !bases.some((base) => existsSync(join(ROOT, base, name))))
    .map((name) => `${path}: ${name}`);
}

function brokenLinks(path: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)]*)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !leadsSomewhere(path, link)).map((link) => `${path}: ${link}`);
}

function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : join(dirname(path), file);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || headings(documentText(target)).includes(anchor);
}

/** The anchors that a code host makes of a document's headings. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
