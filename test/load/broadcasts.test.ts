import { describe, expect, it } from 'vitest';
import { Accounting } from '../../src/load/accounting.ts';
import { Broadcasts } from '../../src/load/broadcasts.ts';

function setUp() {
  const books = new Accounting();
  return { books, broadcasts: new Broadcasts(books) };
}

describe('the books of broadcasts', () => {
  it('owe a message to each peer that the sender saw inside when the answer came', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b', 'c']);
    broadcasts.accepted(broadcasts.start('a', view, 'speaking', 'true', 0), view);
    broadcasts.received('a', 'b', 'speaking', 'true');
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 2, received: 1, lost: 1, duplicated: 0 });
  });

  it('owe nothing to one that left meanwhile', () => {
    const { books, broadcasts } = setUp();
    const flight = broadcasts.start('a', new Set(['b', 'c']), 'typing', 'true', 0);
    broadcasts.accepted(flight, new Set(['c']));
    books.close();
    expect(books.tallies.typing).toMatchObject({ accepted: 1, lost: 1 });
  });

  it('owe a message to one that came meanwhile, and miss it where it does not come', () => {
    const { books, broadcasts } = setUp();
    broadcasts.accepted(broadcasts.start('a', new Set(), 'typing', 'true', 0), new Set(['b', 'c']));
    broadcasts.received('a', 'b', 'typing', 'true');
    books.close();
    expect(books.tallies.typing).toMatchObject({ accepted: 2, received: 1, lost: 1, duplicated: 0 });
  });

  it('take what reaches one that had just come in, once', () => {
    const { books, broadcasts } = setUp();
    const flight = broadcasts.start('a', new Set(), 'media', 'true', 7);
    expect(broadcasts.received('a', 'b', 'media', 'true')).toMatchObject({ intendedAt: 7 });
    broadcasts.accepted(flight, new Set(['b']));
    expect(broadcasts.received('a', 'b', 'media', 'true')).toBeUndefined();
    expect(books.tallies.media).toMatchObject({ accepted: 1, received: 1, duplicated: 1, lost: 0 });
  });

  it('[SE3] know that a newcomer gets what was sent before it came ahead of the answer to its own offer', () => {
    const { books, broadcasts } = setUp();
    // a loses its socket: what it says waits. b comes in and calls; a is back, hears of b, answers at once.
    const flight = broadcasts.start('a', new Set(), 'speaking', 'true', 0);
    const answer = books.sent('a', 'b', 'answer', 1, 0);
    const ice = books.sent('a', 'b', 'ice', 2, 0);
    broadcasts.received('a', 'b', 'speaking', 'true');
    books.received('a', 'b', 'answer', 1);
    books.received('a', 'b', 'ice', 2);
    broadcasts.accepted(flight, new Set(['b']));
    books.accepted('a', 'b', answer);
    books.accepted('a', 'b', ice);
    books.close();
    for (const kind of ['speaking', 'answer', 'ice'] as const) {
      expect(books.tallies[kind]).toMatchObject({
        accepted: 1,
        received: 1,
        lost: 0,
        duplicated: 0,
        outOfOrder: 0,
      });
    }
  });

  it('take what a newcomer reads late for what it is, though more was sent to it since that looks alike', () => {
    const { books, broadcasts } = setUp();
    const view = new Set<string>();
    const unseen = broadcasts.start('a', view, 'speaking', 'true', 1);
    view.add('b');
    broadcasts.accepted(unseen, view);
    for (const key of ['false', 'true']) {
      broadcasts.accepted(broadcasts.start('a', view, 'speaking', key, 2), view);
    }
    for (const key of ['true', 'false', 'true']) broadcasts.received('a', 'b', 'speaking', key);
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 3, received: 3, lost: 0, outOfOrder: 0 });
  });

  it('take what its sender sent last, where the sender left before the answer', () => {
    const { books, broadcasts } = setUp();
    broadcasts.uncertain(broadcasts.start('a', new Set(), 'typing', 'true', 0));
    books.gone('a');
    broadcasts.received('a', 'b', 'typing', 'true');
    expect(books.tallies.typing).toMatchObject({ accepted: 1, received: 1, duplicated: 0 });
  });

  it('prefer what was sent to a newcomer over what it had missed', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b']);
    broadcasts.accepted(broadcasts.start('a', new Set(), 'speaking', 'true', 1), new Set());
    broadcasts.accepted(broadcasts.start('a', view, 'speaking', 'true', 2), view);
    expect(broadcasts.received('a', 'b', 'speaking', 'true')).toMatchObject({ intendedAt: 2 });
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 1, received: 1, lost: 0 });
  });

  it('owe nothing where the server refused', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b']);
    broadcasts.withdrawn(broadcasts.start('a', view, 'speaking', 'true', 0));
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 0, lost: 0 });
  });

  it('call a message that nobody sent a duplicate', () => {
    const { books, broadcasts } = setUp();
    broadcasts.received('a', 'b', 'speaking', 'true');
    expect(books.tallies.speaking.duplicated).toBe(1);
  });
});
