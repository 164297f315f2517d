import type { Ids } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';

/** Characters of each part, in base 32, whose digits sort as text does. 45 bits of milliseconds last until 3084. */
const CHARACTERS = { time: 9, counter: 4, random: 8 } as const;
const BASE = 32;
/** Ids that fit into one millisecond. */
const PER_MS = BASE ** CHARACTERS.counter;

/**
 * Makes message ids, such as `01k9x3v2a0000Vq3_x81B`: time, counter, randomness. They sort by time as text and are strictly
 * increasing, even within a millisecond and when the clock steps back. Randomness keeps apart what two copies of a
 * database say.
 */
export class MessageIds {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #ids: Pick<Ids, 'unique'>;
  /** Of the newest id: milliseconds since 1970, never less than before. */
  #time: number;
  #counter = PER_MS - 1;

  /** @param until no id of an earlier process is of a later time: milliseconds since 1970 */
  constructor({ clock, ids, until }: { clock: Pick<Clock, 'now'>; ids: Pick<Ids, 'unique'>; until: number }) {
    this.#clock = clock;
    this.#ids = ids;
    this.#time = until;
  }

  /** The time that the newest id says: milliseconds since 1970, ahead of the clock if that was stepped back. */
  get time(): number {
    return this.#time;
  }

  next(): string {
    const now = this.#clock.now();
    if (now > this.#time) {
      this.#time = now;
      this.#counter = 0;
    } else if (this.#counter < PER_MS - 1) {
      this.#counter += 1;
    } else {
      this.#time += 1;
      this.#counter = 0;
    }
    const random = this.#ids.unique().slice(-CHARACTERS.random).padStart(CHARACTERS.random, '0');
    return `${digits(this.#time, CHARACTERS.time)}${digits(this.#counter, CHARACTERS.counter)}${random}`;
  }
}

function digits(value: number, count: number): string {
  return Math.floor(value).toString(BASE).padStart(count, '0');
}
