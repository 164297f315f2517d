import { describe, expect, it } from 'vitest';
import { PINNED_KEYS, PINS, Pins } from '../../../../src/client/call/privacy/pins.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';
import { MemoryKeys } from './memory-keys.ts';

const ANN = { baseUrl: 'https://calls.example', userId: 'ann', place: 'room 1' };
const YEAR_MS = 365 * 24 * 3_600_000;

function pins() {
  const clock = new FakeClock();
  const store = new MemoryKeys();
  return { clock, store, pins: new Pins({ clock, store }) };
}

describe('a person', () => {
  it('is new at first, and known by its key from then on', async () => {
    const { pins: book } = pins();
    expect(await book.meet(ANN, 'bob', 'B1')).toBe('new');
    expect(await book.meet(ANN, 'bob', 'B1')).toBe('known');
  });

  it('has changed with another key, until that is confirmed; the one before stays good', async () => {
    const { pins: book } = pins();
    await book.meet(ANN, 'bob', 'B1');
    expect(await book.meet(ANN, 'bob', 'B2')).toBe('changed');
    expect(await book.meet(ANN, 'bob', 'B2')).toBe('changed');
    await book.confirm(ANN, 'bob', 'B2');
    expect(await book.meet(ANN, 'bob', 'B2')).toBe('known');
    expect(await book.meet(ANN, 'bob', 'B1')).toBe('known');
  });

  it.each([
    ['user of this browser', { userId: 'eve' }],
    ['room', { place: 'room 2' }],
    ['server', { baseUrl: 'https://other.example' }],
  ])('is new to another %s', async (_, change) => {
    const { pins: book } = pins();
    await book.meet(ANN, 'bob', 'B1');
    expect(await book.meet({ ...ANN, ...change }, 'bob', 'B1')).toBe('new');
  });

  it('is forgotten after a year without a call', async () => {
    const { clock, pins: book } = pins();
    await book.meet(ANN, 'bob', 'B1');
    clock.jump(YEAR_MS - 1);
    expect(await book.meet(ANN, 'bob', 'B1')).toBe('known');
    clock.jump(YEAR_MS);
    expect(await book.meet(ANN, 'bob', 'B2')).toBe('new');
  });

  it('is new if something else is kept in its place', async () => {
    const { store, pins: book } = pins();
    await book.meet(ANN, 'bob', 'B1');
    for (const [key, kept] of store.shelf('pins')) store.shelf('pins').set(key, { ...kept, value: 7 });
    expect(await book.meet(ANN, 'bob', 'B2')).toBe('new');
  });
});

describe('bounds', () => {
  it('of a person: the key that was confirmed first goes first', async () => {
    const { pins: book } = pins();
    for (let key = 0; key <= PINNED_KEYS; key += 1) await book.confirm(ANN, 'bob', `B${key}`);
    expect(await book.meet(ANN, 'bob', 'B1')).toBe('known');
    expect(await book.meet(ANN, 'bob', 'B0')).toBe('changed');
  });

  it('of people: who was met longest ago goes first', async () => {
    const { clock, store, pins: book } = pins();
    for (let user = 0; user <= PINS.max; user += 1) {
      clock.jump(1);
      await book.meet(ANN, `user ${user}`, 'K');
    }
    expect(store.shelf('pins').size).toBe(PINS.max);
    expect(await book.meet(ANN, `user ${PINS.max}`, 'K')).toBe('known');
    expect(await book.meet(ANN, 'user 0', 'K')).toBe('new');
  });
});
