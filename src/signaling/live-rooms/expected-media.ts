import type { MediaChange } from '../../protocol/fields.ts';

/** What backends said that expected users send; it holds from the moment in which they come in [CT1]. */
export class ExpectedMedia {
  /** By room, then by user. Only users who are expected have an entry. */
  readonly #byRoom = new Map<string, Map<string, MediaChange>>();

  find(roomId: string, userId: string): MediaChange | undefined {
    return this.#byRoom.size === 0 ? undefined : this.#byRoom.get(roomId)?.get(userId);
  }

  /** Adds to what was said of the user. That it is expected is the caller's to check. */
  change(roomId: string, userId: string, change: MediaChange): void {
    const inRoom = this.#byRoom.get(roomId) ?? new Map<string, MediaChange>();
    inRoom.set(userId, { ...inRoom.get(userId), ...change });
    this.#byRoom.set(roomId, inRoom);
  }

  /** Forgets what was said of the user. @returns it */
  take(roomId: string, userId: string): MediaChange | undefined {
    const media = this.find(roomId, userId);
    const inRoom = this.#byRoom.get(roomId);
    if (media === undefined || inRoom === undefined) return undefined;
    inRoom.delete(userId);
    if (inRoom.size === 0) this.#byRoom.delete(roomId);
    return media;
  }

  clear(roomId: string): void {
    this.#byRoom.delete(roomId);
  }

  /** The rooms, each with what was said of its users. */
  all(): Iterable<readonly [roomId: string, users: ReadonlyMap<string, MediaChange>]> {
    return this.#byRoom;
  }
}
