import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Outcome } from './measures/measure.ts';
import { markdown } from './table.ts';

const README = resolve(import.meta.dirname, 'README.md');

/**
 * Puts a measure's table into the README's block of that name, between `<!-- bench:NAME -->` and `<!-- /bench -->`.
 * @throws Error if the README has no such block
 */
export function writeTable(name: string, outcome: Outcome): void {
  writeFileSync(README, withTable(readFileSync(README, 'utf8'), name, outcome));
}

export function withTable(text: string, name: string, outcome: Outcome): string {
  const start = `<!-- bench:${name} -->\n`;
  const from = text.indexOf(start);
  const to = text.indexOf('<!-- /bench -->', from);
  if (from < 0 || to < 0) throw new Error(`test/bench/README.md has no block "${start.trim()}".`);
  return `${text.slice(0, from + start.length)}${markdown(outcome).trim()}\n${text.slice(to)}`;
}
