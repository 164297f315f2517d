import type { Room } from '../../protocol/room-fields.ts';
import { ParleyClientError } from '../errors.ts';
import type { Inside } from './part.ts';
import { isSame } from './remote-facts.ts';

/** What the server has said about this side's place in the room. */
export class Membership {
  #inside: Inside | undefined;

  /** Undefined before this side is inside. */
  get inside(): Inside | undefined {
    return this.#inside;
  }

  /** @throws ParleyClientError `not_in_room` */
  get room(): Room {
    return this.#begun().room;
  }

  /** @throws ParleyClientError `not_in_room` */
  get peerId(): string {
    return this.#begun().peerId;
  }

  /**
   * This side is inside, for the first time or again.
   * @returns whether it was inside before, and whether the room has changed meanwhile
   */
  enter(inside: Inside): { readonly returning: boolean; readonly changed: boolean } {
    const before = this.#inside?.room;
    this.#inside = inside;
    if (before === undefined) return { returning: false, changed: false };
    const withoutCount = (room: Room) => ({ ...room, participants: 0 });
    return { returning: true, changed: !isSame(withoutCount(before), withoutCount(inside.room)) };
  }

  /** @returns false if it is not the room that this side is in */
  setRoom(room: Room): boolean {
    if (this.#inside === undefined || this.#inside.room.id !== room.id) return false;
    this.#inside = { ...this.#inside, room };
    return true;
  }

  #begun(): Inside {
    if (this.#inside === undefined)
      throw new ParleyClientError('not_in_room', 'The call has not begun yet; wait for join().');
    return this.#inside;
  }
}
