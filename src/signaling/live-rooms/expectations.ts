import type { RoomId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { AddedUsers } from './added-users.ts';
import type { HeldPlaces } from './held-places.ts';
import { Mailboxes } from './mailboxes.ts';

/** Who is yet to come into which room, and what is kept for them: somebody with a held place [RM8], or added by a backend [CT0]. */
export class Expectations {
  readonly held: HeldPlaces;
  /** Whom backends have added to rooms. */
  readonly added = new AddedUsers();
  /** What is kept for those who are expected [CT4]. */
  readonly mailboxes: Mailboxes;

  constructor(held: HeldPlaces, clock: Pick<Clock, 'monotonic'>) {
    this.held = held;
    this.mailboxes = new Mailboxes(clock);
  }

  has(roomId: string, userId: string): boolean {
    return this.added.isExpected(roomId, userId) || this.held.find(roomId, userId) !== undefined;
  }

  /** How many people have a place for whom no participant stands. Whoever was added and has a held place counts once. */
  countIn(roomId: string): number {
    if (this.added.size === 0) return this.held.countIn(roomId);
    const others = this.added
      .expectedIn(roomId)
      .filter(({ userId }) => this.held.find(roomId, userId) === undefined);
    return this.held.countIn(roomId) + others.length;
  }

  /** Forgets everybody who was added to a room, and what is kept there: the room is gone. */
  forget(roomId: RoomId): void {
    this.added.removeAllIn(roomId);
    this.mailboxes.clear(roomId);
  }
}
