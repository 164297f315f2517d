import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHAPTERS } from '../../../src/http/docs/handbook.ts';
import { renderMarkdown } from '../../../src/http/docs/markdown.ts';

const BUILT = resolve(import.meta.dirname, '../../../dist/docs');
const PAGES = new Map(
  [...CHAPTERS.map(({ slug }) => slug), 'api', 'events'].map((slug) => [
    slug === '' ? '/docs' : `/docs/${slug}`,
    readFileSync(`${BUILT}/${slug === '' ? 'index' : slug}.html`, 'utf8'),
  ]),
);
const FILES = ['/openapi.json', '/asyncapi.json', '/docs/style.css', '/assets/icon-192.png'];

describe('the handbook', () => {
  it.each([...PAGES.keys()])('has no link on %s that leads nowhere', (address) => {
    const targets = [...(PAGES.get(address) ?? '').matchAll(/ (?:href|src)="([^"]*)"/g)].map(
      ([, target = '']) => target,
    );
    expect(targets.length).toBeGreaterThan(20);
    const dead = targets.filter((target) => !isThere(target, address));
    expect(dead).toEqual([]);
  });

  it('needs no script and no style of its own on any page', () => {
    for (const [address, html] of PAGES) {
      expect([address, html.match(/<script|<style| style=| on\w+="|javascript:/i)]).toEqual([address, null]);
    }
  });

  it('gives every page one title and one heading of the first level', () => {
    for (const [address, html] of PAGES) {
      expect([address, html.match(/<h1/g)?.length, html.match(/<title>/g)?.length]).toEqual([address, 1, 1]);
    }
  });
});

describe('renderMarkdown', () => {
  it('gives headings the ids that links of READMEs name', () => {
    expect(renderMarkdown('## What a `room` is?\n## What a `room` is?', 'README.md')).toBe(
      '<h2 id="what-a-room-is"><a href="#what-a-room-is">What a <code>room</code> is?</a></h2>\n' +
        '<h2 id="what-a-room-is-1"><a href="#what-a-room-is-1">What a <code>room</code> is?</a></h2>\n',
    );
  });

  it('leads a link to a README to its page, and names a file that has none', () => {
    const render = (markdown: string) => renderMarkdown(markdown, 'src/http/README.md');
    expect(render('[SDK](../client/README.md#media)')).toBe('<p><a href="/docs/sdk#media">SDK</a></p>\n');
    expect(render('[start](../../README.md)')).toBe('<p><a href="/docs">start</a></p>\n');
    expect(render('[why](../store/sqlite/driver.ts)')).toBe('<p>why</p>\n');
    expect(render('[out](https://example.org/?a=1&b=2)')).toContain(
      'href="https://example.org/?a=1&amp;b=2"',
    );
  });

  it('shows HTML as text', () => {
    expect(renderMarkdown('a <script>alert(1)</script>', 'README.md')).not.toContain('<script');
    expect(renderMarkdown('`<b>` and\n\n```\n<i>\n```', 'README.md')).toContain('<code>&lt;b&gt;</code>');
  });
});

function isThere(target: string, address: string): boolean {
  if (/^https?:\/\//.test(target) || FILES.includes(target)) return true;
  if (target === '#content') return PAGES.get(address)?.includes('id="content"') ?? false;
  const [path = '', fragment] = target.split('#');
  const page = PAGES.get(path === '' ? address : path);
  return page !== undefined && (fragment === undefined || page.includes(` id="${fragment}"`));
}

it('reads what the build has written', () => {
  expect(existsSync(`${BUILT}/openapi.json`)).toBe(true);
});
