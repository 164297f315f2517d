import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RoomId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { ChatStore, RoomStore } from '../store/contract.ts';

interface RemovalsDeps {
  readonly store: Pick<RoomStore, 'removeAll'>;
  /** Removes messages before their rooms. Default: all go with their rooms, in one step. */
  readonly chat?: Pick<ChatStore, 'removeSome'> | undefined;
  /** Forgets everything in memory about a room. */
  readonly forget: (roomId: RoomId) => void;
  /** Called when the store has removed rooms. */
  readonly removed: (roomIds: readonly RoomId[]) => void;
}

/** Max messages that go in one step: some milliseconds, which hold up every call. */
const MESSAGES_PER_STEP = 1_000;

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

  /** Returns a promise only if there are many messages: then others are served between two steps. */
  #removeMessages(roomIds: readonly RoomId[], inThisStep = 0): Awaitable<void> {
    const { chat } = this.#deps;
    const [roomId, ...others] = roomIds;
    if (chat === undefined || roomId === undefined) return undefined;
    const max = MESSAGES_PER_STEP - inThisStep;
    return andThen(chat.removeSome(roomId, max), (removed) => {
      if (removed < max) return this.#removeMessages(others, inThisStep + removed);
      return nextTurn().then(() => this.#removeMessages(roomIds));
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
      removal = andThen(this.#removeMessages(roomIds), () => this.#deps.store.removeAll(roomIds));
    } catch (error) {
      end();
      throw error;
    }
    if (removal instanceof Promise) return removal.finally(end).then(() => this.#deps.removed(roomIds));
    end();
    this.#deps.removed(roomIds);
  }
}
