import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accounting } from '../../src/load/accounting.ts';

/** Sends `count` offers from a to b, all taken by the server; `wire` decides what b gets, by number. */
function offers(count: number, wire: (sent: number[]) => number[]) {
  const books = new Accounting();
  const keys = Array.from({ length: count }, (_, key) => key);
  for (const key of keys) books.accepted('a', 'b', books.sent('a', 'b', 'offer', key, 0));
  for (const key of wire(keys)) books.received('a', 'b', 'offer', key);
  const outstanding = books.outstanding();
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
  it('finds nothing where each message comes once and in order', () => {
    expect(offers(5, (sent) => sent)).toEqual(FINE);
  });

  it('finds a message that never came', () => {
    expect(offers(5, (sent) => sent.filter((key) => key !== 2))).toEqual({
      ...FINE,
      received: 4,
      lost: 1,
      outstanding: 1,
    });
  });

  it('finds a message that came twice', () => {
    expect(offers(5, (sent) => sent.flatMap((key) => (key === 2 ? [key, key] : [key])))).toEqual({
      ...FINE,
      duplicated: 1,
    });
  });

  it('finds a message that was overtaken', () => {
    expect(offers(5, () => [0, 2, 1, 3, 4])).toEqual({ ...FINE, outOfOrder: 1 });
  });

  it('counts every message of any misbehaving wire as received, lost or duplicated', () => {
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
    books.accepted('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    expect(books.received('a', 'b', 'answer', 1)).toBeUndefined();
    expect(books.received('b', 'a', 'offer', 1)).toBeUndefined();
    books.close();
    expect(books.tallies.offer).toMatchObject({ lost: 1, duplicated: 1 });
    expect(books.tallies.answer).toMatchObject({ lost: 0, duplicated: 1 });
  });

  it('owes nothing for a message that the server refused', () => {
    const books = new Accounting();
    books.withdrawn('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 0, lost: 0 });
  });

  it('believes what came over an answer that did not', () => {
    const books = new Accounting();
    const entry = books.sent('a', 'b', 'offer', 1, 0);
    expect(books.received('a', 'b', 'offer', 1)).toBe(entry);
    books.withdrawn('a', 'b', entry);
    expect(books.tallies.offer).toMatchObject({ accepted: 1, received: 1 });
    expect(books.received('a', 'b', 'offer', 1)).toBeUndefined();
  });

  it('takes what may come, once, where the answer was lost with the session', () => {
    const books = new Accounting();
    books.uncertain('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    books.uncertain('a', 'b', books.sent('a', 'b', 'offer', 2, 0));
    books.received('a', 'b', 'offer', 2);
    books.received('a', 'b', 'offer', 2);
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 1, received: 1, lost: 0, duplicated: 1 });
  });

  it('puts what is known late where it was sent, not where it was booked', () => {
    const books = new Accounting();
    const order = books.nextOrder();
    books.accepted('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    books.uncertain('a', 'b', books.sent('a', 'b', 'speaking', 'true', 0, order));
    books.received('a', 'b', 'speaking', 'true');
    books.received('a', 'b', 'offer', 1);
    books.close();
    expect(books.tallies.offer).toMatchObject({ received: 1, lost: 0, outOfOrder: 0 });
    expect(books.tallies.speaking).toMatchObject({ accepted: 1, received: 1, outOfOrder: 0 });
  });

  it('finds one that was overtaken though all that was sent later has come and left the books', () => {
    const books = new Accounting();
    const order = books.nextOrder();
    books.accepted('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    books.received('a', 'b', 'offer', 1);
    books.uncertain('a', 'b', books.sent('a', 'b', 'speaking', 'true', 0, order));
    books.received('a', 'b', 'speaking', 'true');
    expect(books.tallies.speaking.outOfOrder).toBe(1);
  });

  it('tells what was on its way to a peer that left from what was lost', () => {
    const books = new Accounting();
    books.gone('b');
    books.accepted('a', 'b', books.sent('a', 'b', 'offer', 1, 0));
    expect(books.outstanding()).toBe(0);
    books.close();
    expect(books.tallies.offer).toMatchObject({ accepted: 1, lost: 0, unreachable: 1 });
  });

  it('finds one that is missing among messages that look alike', () => {
    const books = new Accounting();
    for (const key of ['true', 'false', 'true']) {
      books.accepted('a', 'b', books.sent('a', 'b', 'speaking', key, 0));
    }
    books.received('a', 'b', 'speaking', 'false');
    books.received('a', 'b', 'speaking', 'true');
    books.close();
    expect(books.tallies.speaking).toMatchObject({ received: 2, lost: 1, outOfOrder: 0, duplicated: 0 });
  });
});
