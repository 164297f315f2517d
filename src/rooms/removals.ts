import type { RoomId } from '../domain/ids.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { RoomStore } from '../store/contract.ts';

interface RemovalsDeps {
  readonly store: Pick<RoomStore, 'removeAll'>;
  /** Forgets everything in memory about a room. */
  readonly forget: (roomId: RoomId) => void;
  /** Called when the store has removed rooms. */
  readonly removed: (roomIds: readonly RoomId[]) => void;
}

/** Removes rooms for good. While a removal is under way, its room can't be entered, whatever the store answers. */
export class Removals {
  readonly #deps: RemovalsDeps;
  readonly #running = new Set<string>();

  constructor(deps: RemovalsDeps) {
    this.#deps = deps;
  }

  /** Whether the store is removing the room. */
  has(roomId: string): boolean {
    return this.#running.has(roomId);
  }

  /** Forgets the rooms at once, so that no earlier admission holds, and again at the end. */
  run(roomIds: readonly RoomId[]): Awaitable<void> {
    for (const id of roomIds) this.#running.add(id);
    const forgetAll = (): void => {
      for (const id of roomIds) this.#deps.forget(id);
    };
    const end = (): void => {
      forgetAll();
      for (const id of roomIds) this.#running.delete(id);
    };
    forgetAll();
    let removal: Awaitable<void>;
    try {
      removal = this.#deps.store.removeAll(roomIds);
    } catch (error) {
      end();
      throw error;
    }
    if (removal instanceof Promise) return removal.finally(end).then(() => this.#deps.removed(roomIds));
    end();
    this.#deps.removed(roomIds);
  }
}
