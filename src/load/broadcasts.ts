import type { Accounting, Delivery, MessageKind } from './accounting.ts';

/** One message to everybody in a room, under way. */
export interface Broadcast {
  readonly from: string;
  readonly kind: MessageKind;
  readonly key: string;
  readonly intendedAt: number;
  /** Position in the order of sending, the same for all receivers. */
  readonly order: number;
  /** By receiver. */
  readonly deliveries: Map<string, Delivery>;
}

/** The peers in a room, as one of them sees it. */
export type View = ReadonlySet<string>;

/**
 * Accounts for messages to a whole room. Before the server answers a message, it has told the sender of everybody who
 * came or left, so the message is owed to exactly those whom the sender sees when the answer comes. A newcomer may get it
 * before the sender sees the newcomer, but always before any later message.
 */
export class Broadcasts {
  readonly #accounting: Accounting;
  /** By sender: the broadcast that the server has not answered, or will never answer as the session ended. */
  readonly #unanswered = new Map<string, Broadcast>();

  constructor(accounting: Accounting) {
    this.#accounting = accounting;
  }

  /** Records that a broadcast is sent; a sender has one at a time. @param view the room as the sender sees it now */
  start(from: string, view: View, kind: MessageKind, key: string, intendedAt: number): Broadcast {
    const order = this.#accounting.nextOrder();
    const broadcast: Broadcast = { from, kind, key, intendedAt, order, deliveries: new Map() };
    for (const to of view) this.#add(broadcast, to);
    this.#unanswered.set(from, broadcast);
    return broadcast;
  }

  /** @param view the room as the sender saw it exactly when the answer came */
  markAccepted(broadcast: Broadcast, view: View): void {
    const { from, deliveries } = broadcast;
    this.#unanswered.delete(from);
    for (const [to, delivery] of deliveries) if (!view.has(to)) this.#accounting.withdraw(from, to, delivery);
    for (const to of view)
      this.#accounting.markAccepted(from, to, deliveries.get(to) ?? this.#add(broadcast, to));
  }

  /** The session ended before the answer. */
  markUncertain({ from, deliveries }: Broadcast): void {
    for (const [to, delivery] of deliveries) this.#accounting.markUncertain(from, to, delivery);
  }

  /** The server refused it. */
  withdraw({ from, deliveries }: Broadcast): void {
    this.#unanswered.delete(from);
    for (const [to, delivery] of deliveries) this.#accounting.withdraw(from, to, delivery);
  }

  addReceived(from: string, to: string, kind: MessageKind, key: string): Delivery | undefined {
    const broadcast = this.#unanswered.get(from);
    // A newcomer may get a message before its sender sees the newcomer.
    if (broadcast?.kind === kind && broadcast.key === key && !broadcast.deliveries.has(to)) {
      this.#accounting.markUncertain(from, to, this.#add(broadcast, to));
    }
    return this.#accounting.addReceived(from, to, kind, key);
  }

  #add(broadcast: Broadcast, to: string): Delivery {
    const { from, kind, key, intendedAt, order, deliveries } = broadcast;
    const delivery = this.#accounting.addSent(from, to, kind, key, intendedAt, order);
    deliveries.set(to, delivery);
    return delivery;
  }
}
