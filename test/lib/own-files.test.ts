import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderTree, readOwnFile, THREADS } from '../../src/lib/own-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe("Parley's own files", () => {
  it('are found beside the sources', () => {
    expect(readOwnFile('schema.sql')).toContain('CREATE TABLE');
    expect(JSON.parse(readOwnFile('package.json'))).toMatchObject({ name: 'parley' });
  });

  it('name threads that there are', () => {
    const missing = THREADS.filter(
      (file) => !existsSync(resolve(import.meta.dirname, '../../src', `${file}.ts`)),
    );
    expect(missing).toEqual([]);
  });

  it('form a tree that lists its files by folder, and has none where there is no folder', () => {
    mkdirSync(join(folder, 'web/icons'), { recursive: true });
    writeFileSync(join(folder, 'web/index.html'), 'page');
    writeFileSync(join(folder, 'web/icons/one.svg'), 'icon');
    const tree = folderTree(folder);
    expect(tree.list('web').sort()).toEqual(['icons/one.svg', 'index.html']);
    expect(tree.list('docs')).toEqual([]);
    expect(tree.read('web/icons/one.svg')?.toString()).toBe('icon');
    expect(tree.read('client.js')).toBeUndefined();
  });
});
