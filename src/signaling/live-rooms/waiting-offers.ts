import type { PeerId } from '../../domain/ids.ts';

/** Max offers of one user that wait in a room: the offers of ten peers to all others in the largest room. The oldest is forgotten. */
export const WAITING_OFFERS_PER_USER = 512;

/** One side of an offer. `peerId` is null if the user had no peer inside when the offer was sent. */
export interface Party {
  readonly userId: string;
  readonly peerId: PeerId | null;
}

/** An offer that nobody has answered yet. */
export interface WaitingOffer {
  readonly from: Party;
  readonly to: Party;
}

/** The offers between those who are inside a room, or expected there, that nobody has answered yet [CT3]. */
export class WaitingOffers {
  /** By room and by the user who offers, the oldest first. */
  readonly #byRoom = new Map<string, Map<string, WaitingOffer[]>>();

  /** Notes that an offer was sent. It takes the place of an earlier one between the same two. */
  add(roomId: string, offer: WaitingOffer): void {
    this.end(roomId, offer.from, offer.to);
    let byUser = this.#byRoom.get(roomId);
    if (byUser === undefined) {
      byUser = new Map();
      this.#byRoom.set(roomId, byUser);
    }
    const offers = byUser.get(offer.from.userId);
    if (offers === undefined) {
      byUser.set(offer.from.userId, [offer]);
      return;
    }
    offers.push(offer);
    if (offers.length > WAITING_OFFERS_PER_USER) offers.shift();
  }

  /** The newest offer of one user to another that waits. */
  find(roomId: string, fromUserId: string, toUserId: string): WaitingOffer | undefined {
    return this.#byRoom
      .get(roomId)
      ?.get(fromUserId)
      ?.findLast(({ to }) => to.userId === toUserId);
  }

  /** Ends the wait of the offers from one to the other: they were answered, replaced or hung up. */
  end(roomId: string, from: Party, to: Party): void {
    const offers = this.#byRoom.get(roomId)?.get(from.userId);
    if (offers === undefined) return;
    this.#keepOnly(roomId, from.userId, offers, (offer) => !meets(offer.from, from) || !meets(offer.to, to));
  }

  /** Ends the wait of all offers of one who has left, and of those to it. Null as `peerId`: of the user before it had a peer. */
  leave(roomId: string, { userId, peerId }: Party): void {
    const isGone = (party: Party): boolean => party.userId === userId && party.peerId === peerId;
    for (const [user, offers] of this.#byRoom.get(roomId) ?? []) {
      this.#keepOnly(roomId, user, offers, ({ from, to }) => !isGone(from) && !isGone(to));
    }
  }

  /** Ends all waits in a room. */
  clear(roomId: string): void {
    this.#byRoom.delete(roomId);
  }

  /** The rooms in which offers wait, each with its offers. */
  *all(): Iterable<readonly [roomId: string, offers: readonly WaitingOffer[]]> {
    for (const [roomId, byUser] of this.#byRoom) yield [roomId, [...byUser.values()].flat()];
  }

  #keepOnly(
    roomId: string,
    userId: string,
    offers: readonly WaitingOffer[],
    waits: (offer: WaitingOffer) => boolean,
  ): void {
    const left = offers.filter(waits);
    if (left.length === offers.length) return;
    const byUser = this.#byRoom.get(roomId);
    if (left.length > 0) byUser?.set(userId, left);
    else byUser?.delete(userId);
    if (byUser?.size === 0) this.#byRoom.delete(roomId);
  }
}

/** Whether two are the same side: the same peer, or the same user if one of them had no peer yet. */
function meets(one: Party, other: Party): boolean {
  if (one.userId !== other.userId) return false;
  return one.peerId === other.peerId || one.peerId === null || other.peerId === null;
}
