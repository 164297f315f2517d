import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { surviveExceptions } from '../../../src/turn/thread/uncaught-exceptions.ts';

function start() {
  let now = 0;
  const reported: unknown[] = [];
  const exits: number[] = [];
  const thread = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  surviveExceptions({ thread, report: (error) => reported.push(error), now: () => now });
  return { thread, reported, exits, wait: (ms: number) => (now += ms) };
}

describe('exceptions that nothing in the relay thread catches', () => {
  it('are reported, rejections too, and leave the thread running', () => {
    const { thread, reported, exits, wait } = start();
    for (let round = 0; round < 50; round++) {
      thread.emit(round % 2 === 0 ? 'uncaughtException' : 'unhandledRejection', new Error(`${round}`));
      wait(10_000);
    }
    expect([reported.length, exits]).toEqual([50, []]);
  });

  it('end the thread when there are ten within a minute, so that it is replaced', () => {
    const { thread, exits, wait } = start();
    for (let round = 0; round < 9; round++) {
      thread.emit('uncaughtException', new Error(`${round}`));
      wait(1000);
    }
    expect(exits).toEqual([]);
    thread.emit('uncaughtException', new Error('the tenth'));
    expect(exits).toEqual([1]);
  });
});
