import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');

/** What the first line of the program passes to Node. Its young generation decides in which steps memory grows. */
export function startFlags(): string[] {
  const [firstLine = ''] = readFileSync(MAIN, 'utf8').split('\n', 1);
  return firstLine.split(' ').filter((word) => word.startsWith('--'));
}
