import { describe, expect, it } from 'vitest';
import { Accounting } from '../../src/load/accounting.ts';
import { Broadcasts } from '../../src/load/broadcasts.ts';

function setUp() {
  const books = new Accounting();
  return { books, broadcasts: new Broadcasts(books) };
}

describe('the accounting of broadcasts', () => {
  it('owes a message to each peer that the sender saw inside when the answer came', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b', 'c']);
    broadcasts.markAccepted(broadcasts.start('a', view, 'speaking', 'true', 0), view);
    broadcasts.addReceived('a', 'b', 'speaking', 'true');
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 2, received: 1, lost: 1, duplicated: 0 });
  });

  it('owes nothing to a peer that left meanwhile', () => {
    const { books, broadcasts } = setUp();
    const flight = broadcasts.start('a', new Set(['b', 'c']), 'typing', 'true', 0);
    broadcasts.markAccepted(flight, new Set(['c']));
    books.close();
    expect(books.tallies.typing).toMatchObject({ accepted: 1, lost: 1 });
  });

  it('owes a message to a peer that came meanwhile, and finds it if it is missing', () => {
    const { books, broadcasts } = setUp();
    broadcasts.markAccepted(broadcasts.start('a', new Set(), 'typing', 'true', 0), new Set(['b', 'c']));
    broadcasts.addReceived('a', 'b', 'typing', 'true');
    books.close();
    expect(books.tallies.typing).toMatchObject({ accepted: 2, received: 1, lost: 1, duplicated: 0 });
  });

  it('accepts one arrival at a peer that has just come in', () => {
    const { books, broadcasts } = setUp();
    const flight = broadcasts.start('a', new Set(), 'media', 'true', 7);
    expect(broadcasts.addReceived('a', 'b', 'media', 'true')).toMatchObject({ intendedAt: 7 });
    broadcasts.markAccepted(flight, new Set(['b']));
    expect(broadcasts.addReceived('a', 'b', 'media', 'true')).toBeUndefined();
    expect(books.tallies.media).toMatchObject({ accepted: 1, received: 1, duplicated: 1, lost: 0 });
  });

  it('[SE3] expects a newcomer to get earlier messages before the answer to its own offer', () => {
    const { books, broadcasts } = setUp();
    // a loses its connection, so its message waits. b joins and calls; a returns, hears of b and answers at once.
    const flight = broadcasts.start('a', new Set(), 'speaking', 'true', 0);
    const answer = books.addSent('a', 'b', 'answer', 1, 0);
    const ice = books.addSent('a', 'b', 'ice', 2, 0);
    broadcasts.addReceived('a', 'b', 'speaking', 'true');
    books.addReceived('a', 'b', 'answer', 1);
    books.addReceived('a', 'b', 'ice', 2);
    broadcasts.markAccepted(flight, new Set(['b']));
    books.markAccepted('a', 'b', answer);
    books.markAccepted('a', 'b', ice);
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

  it('recognises a message that a newcomer gets late, although equal ones were sent since', () => {
    const { books, broadcasts } = setUp();
    const view = new Set<string>();
    const unseen = broadcasts.start('a', view, 'speaking', 'true', 1);
    view.add('b');
    broadcasts.markAccepted(unseen, view);
    for (const key of ['false', 'true']) {
      broadcasts.markAccepted(broadcasts.start('a', view, 'speaking', key, 2), view);
    }
    for (const key of ['true', 'false', 'true']) broadcasts.addReceived('a', 'b', 'speaking', key);
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 3, received: 3, lost: 0, outOfOrder: 0 });
  });

  it('accepts the last message of a sender that left before the answer', () => {
    const { books, broadcasts } = setUp();
    broadcasts.markUncertain(broadcasts.start('a', new Set(), 'typing', 'true', 0));
    books.markGone('a');
    broadcasts.addReceived('a', 'b', 'typing', 'true');
    expect(books.tallies.typing).toMatchObject({ accepted: 1, received: 1, duplicated: 0 });
  });

  it('prefers a message that was sent to a newcomer over one that it had missed', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b']);
    broadcasts.markAccepted(broadcasts.start('a', new Set(), 'speaking', 'true', 1), new Set());
    broadcasts.markAccepted(broadcasts.start('a', view, 'speaking', 'true', 2), view);
    expect(broadcasts.addReceived('a', 'b', 'speaking', 'true')).toMatchObject({ intendedAt: 2 });
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 1, received: 1, lost: 0 });
  });

  it('owes nothing if the server refused', () => {
    const { books, broadcasts } = setUp();
    const view = new Set(['b']);
    broadcasts.withdraw(broadcasts.start('a', view, 'speaking', 'true', 0));
    books.close();
    expect(books.tallies.speaking).toMatchObject({ accepted: 0, lost: 0 });
  });

  it('counts a message that nobody sent as a duplicate', () => {
    const { books, broadcasts } = setUp();
    broadcasts.addReceived('a', 'b', 'speaking', 'true');
    expect(books.tallies.speaking.duplicated).toBe(1);
  });
});
