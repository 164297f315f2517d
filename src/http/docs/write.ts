import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { asyncApi } from './asyncapi.ts';
import { CHAPTERS, REFERENCE } from './handbook.ts';
import { layout } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { openApi } from './openapi.ts';
import { apiPage, eventsPage } from './reference-pages.ts';

// A step of the build: writes the handbook and the reference to dist/docs. The server only sends the files.
const ROOT = resolve(import.meta.dirname, '../../..');
const OUTPUT = join(ROOT, 'dist/docs');

const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(read('package.json')));

write('openapi.json', JSON.stringify(openApi(version)));
write('asyncapi.json', JSON.stringify(asyncApi(version)));
write('style.css', read('src/http/docs/style.css'));
for (const { slug, title, file } of CHAPTERS) {
  write(
    `${slug === '' ? 'index' : slug}.html`,
    layout({ slug, title, body: renderMarkdown(read(file), file) }),
  );
}
const { api, events } = REFERENCE;
write(`${api.slug}.html`, layout({ ...api, body: apiPage() }));
write(`${events.slug}.html`, layout({ ...events, body: eventsPage() }));

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function write(file: string, content: string): void {
  const path = join(OUTPUT, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
