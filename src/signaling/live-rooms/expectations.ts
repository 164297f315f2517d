import type { RoomId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { AddedUsers } from './added-users.ts';
import { ExpectedMedia } from './expected-media.ts';
import type { HeldPlaces } from './held-places.ts';
import { Mailboxes } from './mailboxes.ts';
import { WaitingOffers } from './waiting-offers.ts';

/**
 * Who is yet to come into which room: somebody with a held place [RM8], or added by a backend [CT0]. Besides, what is kept for
 * them until then, and which offers wait for an answer.
 */
export class Expectations {
  readonly held: HeldPlaces;
  /** Whom backends have added to rooms. */
  readonly added = new AddedUsers();
  /** What is kept for those who are expected [CT4]. */
  readonly mailboxes: Mailboxes;
  /** What backends said that they send [CT1]. */
  readonly media = new ExpectedMedia();
  /** Offers that nobody has answered yet, of those inside too [CT3]. */
  readonly offers = new WaitingOffers();

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

  /** Forgets what is kept for a user who isn't expected any more, and hasn't come in. */
  forgetUser(roomId: string, userId: string): void {
    this.mailboxes.take(roomId, userId);
    this.media.take(roomId, userId);
    this.offers.leave(roomId, { userId, peerId: null });
  }

  /** Forgets everybody who was added to a room, and what is kept there: the room is gone. */
  forget(roomId: RoomId): void {
    this.added.removeAllIn(roomId);
    this.mailboxes.clear(roomId);
    this.media.clear(roomId);
    this.offers.clear(roomId);
  }
}
