import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Every document of the repository, by its path. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...['src', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** The text of a file. @param path from the repository's root, such as `src/ws/README.md` */
export function documentText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/**
 * A code block of a language in a document, as a reader would copy it.
 * @param which its position, or a word that the first such block has; default: the first
 * @throws Error if the document has none: what a test runs must not vanish silently
 */
export function codeBlock(path: string, language: string, which: number | string = 0): string {
  const blocks = documentText(path).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'));
  const texts = [...blocks].map(([, text = '']) => text);
  const text = typeof which === 'number' ? texts[which] : texts.find((block) => block.includes(which));
  if (text === undefined) throw new Error(`${path} has no ${language} block ${which}`);
  return text;
}
