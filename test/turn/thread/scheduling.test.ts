import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Libc, loadLibc } from '../../../src/turn/io/libc.ts';

const PROGRAM = fileURLToPath(new URL('../../support/turn/scheduling-program.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../support/typescript.mjs', import.meta.url));

/** Scheduling of a process's threads after the second has given priority to the first. */
function scheduled(...how: readonly string[]): { main: number[]; niceness: number } {
  const [command = process.execPath, ...args] = [...how, process.execPath, '--import', TYPESCRIPT, PROGRAM];
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '');
}

describe('the relay’s thread', () => {
  it('has a lower priority than the main one, which asks for the shortest time slices', async () => {
    const { main, niceness } = scheduled();
    expect(niceness).toBe(5);
    // Policy SCHED_OTHER, nice value 0, 0.1 ms; kernels before 6.12 have no time slice per thread.
    expect([
      [0, 0, 100_000],
      [0, 0, 0],
    ]).toContainEqual(main);
    expect(scheduled('taskset', '-c', '0').niceness, 'with one core for both').toBe(10);
  });

  it('leaves a process alone that has another scheduling policy', () => {
    // SCHED_BATCH.
    expect(scheduled('chrt', '--batch', '0').main).toEqual([3, 0, expect.any(Number)]);
  });

  it('can ask how any thread is scheduled', async () => {
    const libc = loadLibc();
    const { sched_getattr, addressOf, errno } = libc as Libc;
    expect(sched_getattr(2 ** 30, addressOf(Buffer.allocUnsafeSlow(48)), 48)).toBe(-1);
    // ESRCH
    expect(errno()).toBe(3);
  });
});
