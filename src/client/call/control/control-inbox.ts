import type { Clock } from '../../signaling/clock.ts';
import { CONTROL_CHARACTERS, type ControlMessage, controlTypeOf, readControl } from './control-messages.ts';

/** Messages of a peer that are read in a second. This SDK sends a few when a window changes its size, else none. */
export const READ_PER_SECOND = 40;
const SECOND_MS = 1_000;

interface InboxDeps {
  readonly clock: Clock;
  readonly onMessage: (message: ControlMessage) => void;
}

/**
 * Reads a peer's messages, but no more than `READ_PER_SECOND`: of those beyond, the last of each type waits for the next
 * second and the others are dropped unread, as the last one says everything.
 */
export class ControlInbox {
  readonly #deps: InboxDeps;
  readonly #waiting = new Map<ControlMessage['type'], string>();
  #left = READ_PER_SECOND;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  take(data: unknown): void {
    if (this.#closed || typeof data !== 'string' || data.length > CONTROL_CHARACTERS) return;
    this.#cancel ??= this.#deps.clock.after(SECOND_MS, () => this.#startSecond());
    if (this.#left > 0) {
      this.#read(data);
      return;
    }
    const type = controlTypeOf(data);
    if (type !== undefined) this.#waiting.set(type, data);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#waiting.clear();
  }

  #startSecond(): void {
    this.#cancel = undefined;
    this.#left = READ_PER_SECOND;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const data of waiting) this.take(data);
  }

  #read(data: string): void {
    this.#left -= 1;
    const message = readControl(data);
    if (message !== undefined) this.#deps.onMessage(message);
  }
}
