import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIN_DAYS } from '../../src/doctor/checks/certificate-verdict.ts';
import { MIN_DESCRIPTORS } from '../../src/doctor/checks/descriptors.ts';
import { MIN_GLIBC } from '../../src/doctor/checks/glibc.ts';
import { MIN_NODE } from '../../src/doctor/checks/node.ts';
import { MIN_PORTS } from '../../src/doctor/checks/port-range.ts';
import { MIN_FREE_BYTES } from '../../src/doctor/checks/space.ts';
import { CHECKS } from '../../src/doctor/doctor.ts';
import { CLOCK_TOLERANCE_MS } from '../../src/doctor/facts/clock-facts.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(resolve(ROOT, 'src/doctor/README.md'), 'utf8');
const rows = new Map([...page.matchAll(/^\| `(\w+)` \|.*$/gm)].map(([row, id = '']) => [id, row]));

describe('the page of the doctor', () => {
  it('has a row for each line, in the order of the report', () => {
    expect([...rows.keys()]).toEqual(CHECKS.map(({ id }) => id));
  });

  it.each([
    ['node', MIN_NODE.join('.')],
    ['glibc', MIN_GLIBC.join('.')],
    ['descriptors', MIN_DESCRIPTORS.toLocaleString('en')],
    ['space', `${MIN_FREE_BYTES / 1_048_576} MiB`],
    ['certificate', `${MIN_DAYS} days`],
    ['clock', `${CLOCK_TOLERANCE_MS / 1_000} s`],
    ['port_range', String(MIN_PORTS)],
  ])('says the bound of %s that the code has', (id, bound) => {
    expect(rows.get(id)).toContain(bound);
  });

  it('says the oldest Node that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));
    expect(engines.node).toBe(`>=${MIN_NODE.join('.')}`);
  });
});
