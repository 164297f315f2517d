import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accounting } from '../../src/load/accounting.ts';

/** Sends `count` offers from a to b, all accepted; `wire` decides which of them b gets, by number. */
function offers(count: number, wire: (sent: number[]) => number[]) {
  const books = new Accounting();
  const keys = Array.from({ length: count }, (_, key) => key);
  for (const key of keys) books.markAccepted('a', 'b', books.addSent('a', 'b', 'offer', key, 0));
  for (const key of wire(keys)) books.addReceived('a', 'b', 'offer', key);
  const outstanding = books.countOwed();
  books.close();
  return { ...books.tallies.offer, outstanding };
}

const FINE = {
  accepted: 5,
  received: 5,
  lost: 0,
  duplicated: 0,
  outOfOrder: 0,
  unreachable: 0,
  outstanding: 0,
};

describe('accounting', () => {
  it('finds nothing wrong if each message arrives once and in order', () => {
    expect(offers(5, (sent) => sent)).toEqual(FINE);
  });

  it('finds a message that never arrives', () => {
    expect(offers(5, (sent) => sent.filter((key) => key !== 2))).toEqual({
      ...FINE,
      received: 4,
      lost: 1,
      outstanding: 1,
    });
  });

  it('finds a message that arrives twice', () => {
    expect(offers(5, (sent) => sent.flatMap((key) => (key === 2 ? [key, key] : [key])))).toEqual({
      ...FINE,
      duplicated: 1,
    });
  });

  it('finds a message that was overtaken', () => {
    expect(offers(5, () => [0, 2, 1, 3, 4])).toEqual({ ...FINE, outOfOrder: 1 });
  });

  it('counts every message as received, lost or duplicated, however the network misbehaves', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), (arrivals) => {
        const { received, lost, duplicated, outOfOrder } = offers(10, () => arrivals);
        const distinct = new Set(arrivals);
        expect(received).toBe(distinct.size);
        expect(lost).toBe(10 - distinct.size);
        expect(duplicated).toBe(arrivals.length - distinct.size);
        const firsts = [...distinct];
        const late = firsts.filter((key, index) => firsts.slice(0, index).some((before) => before > key));
        expect(outOfOrder).toBe(late.length);
      }),
    );
  });

  it('keeps kinds and directions apart', () => {
    const books = new Accounting();
    books.markAccepted('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    expect(books.addReceived('a', 'b', 'answer', 1)).toBeUndefined();
    expect(books.addReceived('b', 'a', 'offer', 1)).toBeUndefined();
    books.close();
    expect(books.tallies.offer).toMatchObject({ lost: 1, duplicated: 1 });
    expect(books.tallies.answer).toMatchObject({ lost: 0, duplicated: 1 });
  });

  it('owes nothing for a message that the server refused', () => {
    const books = new Accounting();
    books.withdraw('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 0, lost: 0 });
  });

  it('counts a message that arrives as accepted, whatever the answer was', () => {
    const books = new Accounting();
    const delivery = books.addSent('a', 'b', 'offer', 1, 0);
    expect(books.addReceived('a', 'b', 'offer', 1)).toBe(delivery);
    books.withdraw('a', 'b', delivery);
    expect(books.tallies.offer).toMatchObject({ accepted: 1, received: 1 });
    expect(books.addReceived('a', 'b', 'offer', 1)).toBeUndefined();
  });

  it('accepts one arrival, and demands none, if the answer was lost with the session', () => {
    const books = new Accounting();
    books.markUncertain('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    books.markUncertain('a', 'b', books.addSent('a', 'b', 'offer', 2, 0));
    books.addReceived('a', 'b', 'offer', 2);
    books.addReceived('a', 'b', 'offer', 2);
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 1, received: 1, lost: 0, duplicated: 1 });
  });

  it('orders a message by when it was sent, not by when it was recorded', () => {
    const books = new Accounting();
    const order = books.nextOrder();
    books.markAccepted('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    books.markUncertain('a', 'b', books.addSent('a', 'b', 'speaking', 'true', 0, order));
    books.addReceived('a', 'b', 'speaking', 'true');
    books.addReceived('a', 'b', 'offer', 1);
    books.close();
    expect(books.tallies.offer).toMatchObject({ received: 1, lost: 0, outOfOrder: 0 });
    expect(books.tallies.speaking).toMatchObject({ accepted: 1, received: 1, outOfOrder: 0 });
  });

  it('finds a message that was overtaken, after all later ones have arrived and been removed', () => {
    const books = new Accounting();
    const order = books.nextOrder();
    books.markAccepted('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    books.addReceived('a', 'b', 'offer', 1);
    books.markUncertain('a', 'b', books.addSent('a', 'b', 'speaking', 'true', 0, order));
    books.addReceived('a', 'b', 'speaking', 'true');
    expect(books.tallies.speaking.outOfOrder).toBe(1);
  });

  it('tells a message under way to a peer that left from a lost one', () => {
    const books = new Accounting();
    books.markGone('b');
    books.markAccepted('a', 'b', books.addSent('a', 'b', 'offer', 1, 0));
    expect(books.countOwed()).toBe(0);
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 1, lost: 0, unreachable: 1 });
  });

  it('finds a missing message among equal ones', () => {
    const books = new Accounting();
    for (const key of ['true', 'false', 'true']) {
      books.markAccepted('a', 'b', books.addSent('a', 'b', 'speaking', key, 0));
    }
    books.addReceived('a', 'b', 'speaking', 'false');
    books.addReceived('a', 'b', 'speaking', 'true');
    books.close();
    expect(books.tallies.speaking).toMatchObject({ received: 2, lost: 1, outOfOrder: 0, duplicated: 0 });
  });
});
