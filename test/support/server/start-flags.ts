import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');

/** The flags that the program's first line passes to Node. The size of the young generation decides how memory grows. */
export function startFlags(): string[] {
  const [firstLine = ''] = readFileSync(MAIN, 'utf8').split('\n', 1);
  return firstLine.split(' ').filter((word) => word.startsWith('--'));
}
