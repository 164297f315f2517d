import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const TEXT = readFileSync(resolve(import.meta.dirname, '../../.ci/Containerfile'), 'utf8');

/** Its instructions, with continued lines joined. No engine that could build it is at hand. */
const instructions = TEXT.replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1).trim() }));
/** Those of the last stage, which is the image. */
const image = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
const last = (name: string) => image.findLast((one) => one.name === name)?.rest;

describe('the Containerfile', () => {
  it('has only instructions that there are, and stages that are named', () => {
    const known = /^(ARG|FROM|WORKDIR|COPY|RUN|ENV|VOLUME|USER|EXPOSE|STOPSIGNAL|ENTRYPOINT|CMD)$/;
    expect(instructions.filter(({ name }) => !known.test(name))).toEqual([]);
    const stages = instructions.flatMap(({ name, rest }) =>
      name === 'FROM' ? [/ AS (\w+)$/.exec(rest)?.[1]] : [],
    );
    expect(stages).toEqual(['built', 'made', 'source', undefined]);
    expect(TEXT).toContain('ARG FROM=built');
    expect(image.find(({ name }) => name === 'COPY')?.rest).toMatch(/^--from=source /);
  });

  it('runs as a user who is not root, by the exec form, so that SIGTERM reaches it', () => {
    expect(Number(last('USER'))).toBeGreaterThan(0);
    for (const name of ['ENTRYPOINT', 'CMD', 'VOLUME']) {
      expect(JSON.parse(last(name) ?? '')).toEqual(expect.arrayContaining([expect.any(String)]));
    }
    for (const { rest } of instructions.filter(({ name }) => name === 'RUN')) {
      expect(JSON.parse(rest)).toEqual(expect.arrayContaining([expect.any(String)]));
    }
    const made = image.findIndex(({ rest }) => rest.includes('"useradd"'));
    expect(image[made]?.rest).toContain(`"--uid", "${last('USER')}"`);
    expect(image.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(made);
  });
});
