import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';

const PACKAGE = resolve(import.meta.dirname, '../../package.json');
const PackageJson = v.object({ scripts: v.object({ start: v.string() }) });

/** What `npm start` passes to Node: with another young generation, memory grows in other steps than its users see. */
export function startFlags(): string[] {
  const { scripts } = v.parse(PackageJson, JSON.parse(readFileSync(PACKAGE, 'utf8')));
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
