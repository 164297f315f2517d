import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RoomId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { RoomStore } from '../store/contract.ts';

interface RemovalsDeps {
  readonly store: Pick<RoomStore, 'clearOut' | 'removeAll'>;
  /** Forgets everything in memory about a room. */
  readonly forget: (roomId: RoomId) => void;
  /** Called when the store has removed rooms. */
  readonly removed: (roomIds: readonly RoomId[]) => void;
}

/** Max messages, reactions and calls that go in one step: some milliseconds, which hold up every call. */
const ROWS_PER_STEP = 1_000;

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

  /** Returns a promise only if there is much in the rooms: then others are served between two steps. */
  #clearOut(roomIds: readonly RoomId[], inThisStep = 0): Awaitable<void> {
    const [roomId, ...others] = roomIds;
    if (roomId === undefined) return undefined;
    const max = ROWS_PER_STEP - inThisStep;
    return andThen(this.#deps.store.clearOut(roomId, max), (removed) => {
      if (removed < max) return this.#clearOut(others, inThisStep + removed);
      return nextTurn().then(() => this.#clearOut(roomIds));
    });
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
      removal = andThen(this.#clearOut(roomIds), () => this.#deps.store.removeAll(roomIds));
    } catch (error) {
      end();
      throw error;
    }
    if (removal instanceof Promise) return removal.finally(end).then(() => this.#deps.removed(roomIds));
    end();
    this.#deps.removed(roomIds);
  }
}
