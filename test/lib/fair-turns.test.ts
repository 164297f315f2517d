import { describe, expect, it } from 'vitest';
import { createFairTurns } from '../../src/lib/fair-turns.ts';

const REFUSED = new Error('refused');

describe('fair turns', () => {
  it('run a number of tasks at once and the rest in order', async () => {
    const { start, finish, running } = stage({ atOnce: 2 });
    for (const name of ['a', 'b', 'c', 'd']) start('net', 'ann', name);
    expect(running).toEqual(['a', 'b']);
    await finish('b');
    expect(running).toEqual(['a', 'c']);
    await finish('a');
    expect(running).toEqual(['c', 'd']);
  });

  it('alternate between networks and between the users of each, so that whoever brings many tasks delays only their own', async () => {
    const { start, finish, running, order } = stage({ atOnce: 1 });
    for (const n of [0, 1, 2, 3]) start('crowded', 'eve', `eve ${n}`);
    for (const n of [0, 1]) start('crowded', 'ann', `ann ${n}`);
    for (const n of [0, 1]) start('home', 'bob', `bob ${n}`);
    for (let left = 8; left > 0; left -= 1) await finish(running[0] ?? '');
    expect(order).toEqual(['eve 0', 'eve 1', 'bob 0', 'ann 0', 'bob 1', 'eve 2', 'ann 1', 'eve 3']);
  });

  it('refuse the newest task of the user with the most waiting tasks when the queue is full', async () => {
    const { start, refused } = stage({ atOnce: 1, waiting: 6 });
    start('crowded', 'eve', 'running');
    for (const n of [0, 1, 2, 3]) start('crowded', 'eve', `eve ${n}`);
    for (const n of [0, 1]) start('crowded', 'ann', `ann ${n}`);
    for (const name of ['bob', 'cid', 'dan']) start('home', name, name);
    await settled();
    expect(refused).toEqual(['eve 3', 'eve 2', 'eve 1']);
    // Two networks wait with equally many: the newcomer's own task is refused.
    start('home', 'ben', 'ben');
    await settled();
    expect(refused.slice(3)).toEqual(['ben']);
  });

  it('refuse a user with too many tasks, and keep nothing of refused ones', async () => {
    const { start, finish, refused, running } = stage({ atOnce: 1, waitingPerUser: 2 });
    for (const n of [0, 1, 2, 3]) start('net', 'eve', `${n}`);
    start('net', 'ann', 'ann');
    await settled();
    expect(refused).toEqual(['3']);
    for (const name of ['0', '1', 'ann', '2']) await finish(name);
    expect(running).toEqual([]);
    start('net', 'eve', 'again');
    expect(running).toEqual(['again']);
  });

  it('alternate between kinds of work, and refuse none because of another kind', async () => {
    const { start, finish, running, refused, order } = stage({ atOnce: 1, waiting: 6 });
    start('home', 'ann', 'running');
    for (const n of [0, 1, 2, 3, 4]) start(`network ${n}`, `eve ${n}`, `flood ${n}`, 'flood');
    for (const n of [0, 1, 2]) start('home', 'ann', `room ${n}`, 'room');
    await settled();
    expect(refused).toEqual(['flood 0', 'flood 1']);
    for (let left = 7; left > 0; left -= 1) await finish(running[0] ?? '');
    expect(order).toEqual(['running', 'flood 2', 'room 0', 'flood 3', 'room 1', 'flood 4', 'room 2']);
  });

  it('alternate between blocks: a customer with many networks keeps nobody out', async () => {
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const turn = createFairTurns({ atOnce: 1, waiting: 4, waitingPerUser: 4, refusal: () => REFUSED });
    const start = (block: string, network: string) => {
      const task = () => {
        order.push(network);
        return new Promise<void>((end) => ends.push(end));
      };
      return turn({ block, network, user: 'ann' }, task).catch(() => void order.push(`not ${network}`));
    };
    for (const n of [0, 1, 2, 3, 4]) start('flood', `flood ${n}`);
    start('home', 'home');
    for (let left = 5; left > 0; left -= 1) {
      await settled();
      ends.shift()?.();
    }
    await settled();
    expect(order).toEqual(['flood 0', 'not flood 1', 'flood 2', 'home', 'flood 3', 'flood 4']);
  });

  it('go on after a task that failed', async () => {
    const turn = createFairTurns({ atOnce: 1, waiting: 4, waitingPerUser: 4, refusal: () => REFUSED });
    const of = { network: 'net', user: 'ann' };
    const failed = turn(of, () => Promise.reject(new Error('no memory')));
    const next = turn(of, async () => 'done');
    await expect(failed).rejects.toThrow('no memory');
    expect(await next).toBe('done');
  });
});

/** Named tasks that end on command. */
function stage({ atOnce = 1, waiting = 100, waitingPerUser = 100 }) {
  const turn = createFairTurns({ atOnce, waiting, waitingPerUser, refusal: () => REFUSED });
  const ends = new Map<string, () => void>();
  const running: string[] = [];
  const order: string[] = [];
  const refused: string[] = [];
  function start(network: string, user: string, name: string, work?: string): void {
    const task = () => {
      running.push(name);
      order.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    };
    turn({ network, user, ...(work !== undefined && { work }) }, task).catch((error: unknown) => {
      expect(error).toBe(REFUSED);
      refused.push(name);
    });
  }
  async function finish(name: string): Promise<void> {
    running.splice(running.indexOf(name), 1);
    ends.get(name)?.();
    await settled();
  }
  return { start, finish, running, order, refused };
}

/** Waits until everything that was resolved has continued. */
function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
