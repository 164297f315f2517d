import { describe, expect, it } from 'vitest';
import { type Borrowed, keep, lend, part, textOf } from '../../src/lib/borrowed.ts';

/** Takes what reads borrowed bytes and is done when it returns. */
function borrowing(read: (bytes: Borrowed) => undefined): void {
  read(lend(Buffer.from('abc')));
}

class Keeper {
  owned: Uint8Array = new Uint8Array();
}

describe('borrowed bytes', () => {
  it('can not be kept across an await: these lines do not compile', () => {
    const bytes = lend(Buffer.from('abc'));
    const keeper = new Keeper();
    // @ts-expect-error A field of bytes that are owned does not take them.
    keeper.owned = bytes;
    // @ts-expect-error Nor does a list.
    const list: Uint8Array[] = [bytes];
    // @ts-expect-error An async function does not return them.
    const returned = async () => bytes;
    // @ts-expect-error Nobody awaits them.
    const awaited = async () => void (await bytes);
    // @ts-expect-error What borrows may not be async.
    borrowing(async (borrowed) => void borrowed.length);
    expect([list, returned, awaited]).toHaveLength(3);
  });

  it('are kept as a copy', () => {
    const memory = Buffer.from('abc');
    const kept = keep(lend(memory));
    const keeper = new Keeper();
    keeper.owned = kept;
    memory.fill('x');
    expect(Buffer.from(keeper.owned).toString()).toBe('abc');
  });

  it('are the same object at run time, and a part of them is in the same memory', () => {
    const memory = Buffer.from('abcd');
    const bytes = lend(memory);
    const middle = part(bytes, 1, 3);
    expect(bytes).toBe(memory);
    expect(textOf(middle)).toBe('bc');
    memory.write('BC', 1);
    expect([textOf(middle), textOf(part(bytes, 1))]).toEqual(['BC', 'BCd']);
  });
});
