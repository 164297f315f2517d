import type { Clock } from '../../lib/clock.ts';
import type { LiveRoom } from './live-room.ts';

/** What a room's moment is later at least than that of the one before: 1,024 can open in a millisecond. */
const STEP_MS = 1 / 1_024;

/**
 * The rooms that have participants, in the order in which they opened, each with a moment of its own: a reader that remembers
 * the moment of the last one it saw goes on there, whichever have opened and closed meanwhile.
 */
export class OpenRooms {
  readonly #clock: Clock;
  readonly #byId = new Map<string, LiveRoom>();
  #lastOpenedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(roomId: string): LiveRoom | undefined {
    return this.#byId.get(roomId);
  }

  has(roomId: string): boolean {
    return this.#byId.has(roomId);
  }

  /** The rooms that opened after a moment, the oldest first. Looks at all rooms: not for what happens often. */
  *after(moment: number): Generator<LiveRoom> {
    for (const room of this.#byId.values()) if (room.openedAt > moment) yield room;
  }

  /** Call it when a room gets its first participant. */
  open(room: LiveRoom): void {
    this.#lastOpenedAt = Math.max(this.#clock.now(), this.#lastOpenedAt + STEP_MS);
    room.openedAt = this.#lastOpenedAt;
    this.#byId.set(room.roomId, room);
  }

  /** Call it when the last one has left. */
  close(roomId: string): void {
    this.#byId.delete(roomId);
  }
}
