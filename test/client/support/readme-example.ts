import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const README = resolve(import.meta.dirname, '../../../README.md');

/** The SDK's example of the README, in TypeScript, as it stands there. */
export function readmeExample(): string {
  const section = readFileSync(README, 'utf8').split('\n## The SDK\n')[1] ?? '';
  const example = /```ts\n([\s\S]*?)```/.exec(section)?.[1];
  if (example === undefined) throw new Error('The README shows no example of the SDK.');
  return example;
}
