import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { outliveFaults } from '../../../src/turn/thread/uncaught-exceptions.ts';

function net() {
  let now = 0;
  const caught: unknown[] = [];
  const exits: number[] = [];
  const thread = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  outliveFaults({ thread, caught: (error) => caught.push(error), now: () => now });
  return { thread, caught, exits, wait: (ms: number) => (now += ms) };
}

describe('the last net under the relay thread', () => {
  it('keeps the thread alive through exceptions and rejections, and hands them in', () => {
    const { thread, caught, exits, wait } = net();
    for (let round = 0; round < 50; round++) {
      thread.emit(round % 2 === 0 ? 'uncaughtException' : 'unhandledRejection', new Error(`${round}`));
      wait(10_000);
    }
    expect([caught.length, exits]).toEqual([50, []]);
  });

  it('ends the thread at ten within a minute, so that a fault that feeds itself is no zombie', () => {
    const { thread, exits, wait } = net();
    for (let round = 0; round < 9; round++) {
      thread.emit('uncaughtException', new Error(`${round}`));
      wait(1000);
    }
    expect(exits).toEqual([]);
    thread.emit('uncaughtException', new Error('the tenth'));
    expect(exits).toEqual([1]);
  });
});
