import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ending } from '../../../src/client/call/ending.ts';
import { Turns } from '../../../src/client/call/turns.ts';

const never = () => new Promise<never>(() => {});

describe('what waits for a connection', () => {
  it('settles as the browser says', async () => {
    const ending = new Ending();
    await expect(ending.before(Promise.resolve(1))).resolves.toBe(1);
    await expect(ending.before(Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });

  it('waits no more once the connection is closed, whose promises may never settle', async () => {
    const ending = new Ending();
    const before = ending.before(never());
    ending.end();
    await expect(before).rejects.toThrow('closed');
    await expect(ending.before(never())).rejects.toThrow('closed');
  });

  it('reads stats through it everywhere: one reading that never ends would stop all others of a call', () => {
    const files = readdirSync('src/client/call', { recursive: true, encoding: 'utf8' });
    const reads = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap(
        (file) => readFileSync(join('src/client/call', file), 'utf8').match(/.*\.getStats\(.*/g) ?? [],
      );
    expect(reads).toEqual(['    return this.#ending.before(this.#peer.getStats());']);
  });
});

describe('the steps of a connection', () => {
  it('go on after one that fails, which is reported', async () => {
    const errors: unknown[] = [];
    const turns = new Turns({ ending: new Ending(), onError: (error) => errors.push(error) });
    const ran: string[] = [];
    void turns.run(() => Promise.reject('refused'));
    await turns.run(async () => {
      ran.push('next');
    });
    expect([errors, ran]).toEqual([['refused'], ['next']]);
  });

  it('are over when it is closed, whatever is under way: a camera that is switched just then waits for nobody', async () => {
    const ending = new Ending();
    const errors: unknown[] = [];
    const turns = new Turns({ ending, onError: (error) => errors.push(error) });
    const ran: string[] = [];
    const begun = new Promise<void>((resolve) => {
      void turns.run(() => {
        resolve();
        return never();
      });
    });
    const next = turns.run(async () => {
      ran.push('next');
    });
    await begun;
    ending.end();
    await next;
    await turns.run(async () => {
      ran.push('later');
    });
    expect([errors, ran]).toEqual([[], []]);
  });
});
