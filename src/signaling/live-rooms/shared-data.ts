import { ParleyError } from '../../domain/errors.ts';

/** Max keys that a room shares at a time [RM9]. */
export const SHARED_KEYS = 32;
/** Max characters (Unicode code points) of a key. */
export const SHARED_KEY_CHARACTERS = 64;
/** Max bytes of a value as JSON in UTF-8. */
export const SHARED_VALUE_BYTES = 1_024;

/** What those inside a room share: a small map from keys to JSON values, in the order in which the keys came [RM9]. */
export class SharedData {
  readonly #values = new Map<string, unknown>();

  get size(): number {
    return this.#values.size;
  }

  /** @param value any JSON; null deletes the key. @throws ParleyError `too_large` */
  set(key: string, value: unknown): void {
    if ([...key].length > SHARED_KEY_CHARACTERS) {
      throw tooLarge(`A key has at most ${SHARED_KEY_CHARACTERS} characters. Send a shorter one.`);
    }
    if (value === null) {
      this.#values.delete(key);
      return;
    }
    if (Buffer.byteLength(JSON.stringify(value)) > SHARED_VALUE_BYTES) {
      throw tooLarge(`A value has at most ${SHARED_VALUE_BYTES} bytes of JSON. Send a smaller one.`);
    }
    if (this.#values.size >= SHARED_KEYS && !this.#values.has(key)) {
      throw tooLarge(`A room shares at most ${SHARED_KEYS} keys. Delete one first, by the value null.`);
    }
    this.#values.set(key, value);
  }

  entries(): [key: string, value: unknown][] {
    return [...this.#values];
  }

  /** Returns a plain object, in which even `__proto__` is a key like any other. */
  toObject(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values);
  }
}

function tooLarge(message: string): ParleyError {
  return new ParleyError('too_large', message);
}
