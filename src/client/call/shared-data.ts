import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { SharedData, SharedDataEvents, WaitOptions } from '../types.ts';
import type { CallPart, Inside, PartDeps } from './part.ts';
import { isSame } from './remote-facts.ts';

/** The map that all inside share [RM9]. */
export class RoomData implements SharedData, CallPart {
  readonly #session: PartDeps['session'];
  readonly #emitter = new Emitter<SharedDataEvents>();
  /** A Map, because somebody may name a key `constructor`. */
  #values: ReadonlyMap<string, unknown> = new Map();

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;

  constructor({ session }: Pick<PartDeps, 'session'>) {
    this.#session = session;
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  entries(): IterableIterator<[string, unknown]> {
    return this.#values.entries();
  }

  async set(key: string, value: unknown, options?: WaitOptions): Promise<void> {
    await this.#session.request('room:data', { key, value: value ?? null }, options);
  }

  delete(key: string, options?: WaitOptions): Promise<void> {
    return this.set(key, null, options);
  }

  /** After a lost session it reports what has changed meanwhile. */
  enter({ data }: Inside, returning: boolean): void {
    const before = this.#values;
    this.#values = new Map(Object.entries(data));
    if (!returning) return;
    for (const key of new Set([...before.keys(), ...this.#values.keys()])) {
      const value = this.#values.get(key);
      if (!isSame(value, before.get(key))) this.#emitter.emit('change', key, value, undefined);
    }
  }

  handle(message: ServerMessage): void {
    if (message.event !== 'room:data') return;
    const { key, value, by } = message.payload;
    const values = new Map(this.#values);
    if (value === null) values.delete(key);
    else values.set(key, value);
    this.#values = values;
    this.#emitter.emit('change', key, value ?? undefined, by);
  }
}
