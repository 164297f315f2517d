/**
 * Accounts for every message from one simulated peer to another: whether the server accepted it, and whether it arrived,
 * once and in order. It knows no sockets, only events, so tests can feed it a network that misbehaves.
 */

/** Kinds of messages from peer to peer. */
export const MESSAGE_KINDS = ['offer', 'answer', 'ice', 'speaking', 'typing', 'media'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface Tally {
  /** The server accepted it for a receiver in the room. A broadcast counts once per receiver. */
  accepted: number;
  received: number;
  /** Accepted, but it never arrived, although the receiver stayed to the end. */
  lost: number;
  duplicated: number;
  outOfOrder: number;
  /** Accepted, but the receiver ended its session before it could arrive. */
  unreachable: number;
}

/** One message under way to one receiver. */
export interface Delivery {
  readonly kind: MessageKind;
  /** Tells it from others of its kind between the same two peers. Broadcasts reuse their keys. */
  readonly key: string | number;
  /** When it should have been sent (ms, monotonic): latency counts from here. */
  readonly intendedAt: number;
  /** Position in the order of sending: higher is later. */
  readonly order: number;
  accepted: boolean;
  /** The session ended before the server answered: the message may arrive, but need not. */
  uncertain: boolean;
  arrived: boolean;
}

/** The messages under way from one peer to another. */
interface Stream {
  /** In the order of sending. Complete ones are removed. */
  readonly deliveries: Delivery[];
  /** The highest order that arrived: a message below it that arrives later was overtaken. */
  newest: number;
}

const EMPTY: Tally = { accepted: 0, received: 0, lost: 0, duplicated: 0, outOfOrder: 0, unreachable: 0 };

export class Accounting {
  readonly tallies: Readonly<Record<MessageKind, Tally>> = {
    offer: { ...EMPTY },
    answer: { ...EMPTY },
    ice: { ...EMPTY },
    speaking: { ...EMPTY },
    typing: { ...EMPTY },
    media: { ...EMPTY },
  };
  /** By receiver, then by sender. */
  readonly #streams = new Map<string, Map<string, Stream>>();
  /** Peers that ended their session. */
  readonly #gone = new Set<string>();
  #lastOrder = 0;

  /** Takes the next position in the order of sending. */
  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  /**
   * Records that a message is sent. It is owed to the receiver only once `markAccepted` is called.
   * @param order its position, if it was sent earlier and only its receiver is new
   */
  addSent(
    from: string,
    to: string,
    kind: MessageKind,
    key: string | number,
    intendedAt: number,
    order = this.nextOrder(),
  ): Delivery {
    const delivery = { kind, key, intendedAt, order, accepted: false, uncertain: false, arrived: false };
    const { deliveries } = this.#open(from, to);
    const earlier = deliveries.findLastIndex((other) => other.order < order);
    deliveries.splice(earlier + 1, 0, delivery);
    return delivery;
  }

  /** The server acknowledged the message: it is owed to its receiver from now on. */
  markAccepted(from: string, to: string, delivery: Delivery): void {
    if (delivery.accepted) return;
    delivery.accepted = true;
    this.tallies[delivery.kind].accepted += 1;
    if (delivery.arrived) this.#remove(from, to, delivery);
  }

  /** The answer was lost with the session: the message may arrive, but isn't owed. */
  markUncertain(from: string, to: string, delivery: Delivery): void {
    if (delivery.arrived) this.markAccepted(from, to, delivery);
    else delivery.uncertain = true;
  }

  /** The server refused the message, or it was not for this receiver: it isn't owed. */
  withdraw(from: string, to: string, delivery: Delivery): void {
    // If it arrived all the same, the server had accepted it.
    if (delivery.arrived) this.markAccepted(from, to, delivery);
    else this.#remove(from, to, delivery);
  }

  /** Records an arrival. Returns its delivery; undefined if none was under way: then it is counted as a duplicate. */
  addReceived(from: string, to: string, kind: MessageKind, key: string | number): Delivery | undefined {
    const stream = this.#streams.get(to)?.get(from);
    const fits = (delivery: Delivery): boolean =>
      !delivery.arrived && delivery.kind === kind && delivery.key === key;
    const delivery =
      stream?.deliveries.find((one) => fits(one) && one.order > stream.newest) ??
      stream?.deliveries.find(fits);
    if (stream === undefined || delivery === undefined) {
      this.tallies[kind].duplicated += 1;
      return undefined;
    }
    delivery.arrived = true;
    this.tallies[kind].received += 1;
    if (delivery.order < stream.newest) this.tallies[kind].outOfOrder += 1;
    else stream.newest = delivery.order;
    if (delivery.uncertain) this.markAccepted(from, to, delivery);
    else if (delivery.accepted) this.#remove(from, to, delivery);
    return delivery;
  }

  /** A peer ended its session, so messages still under way to it can't arrive. */
  markGone(peerId: string): void {
    this.#gone.add(peerId);
    for (const [from, { deliveries }] of this.#streams.get(peerId) ?? []) {
      if (deliveries.length === 0) this.#forget(from, peerId);
    }
  }

  /** Accepted messages that have not arrived yet, to receivers that are still there. */
  countOwed(): number {
    let count = 0;
    for (const [to, streams] of this.#streams) {
      if (this.#gone.has(to)) continue;
      for (const { deliveries } of streams.values())
        for (const delivery of deliveries) if (isOwed(delivery)) count += 1;
    }
    return count;
  }

  /** Ends the run: counts what has not arrived as lost or unreachable. Call it once. */
  close(): void {
    for (const [to, streams] of this.#streams) {
      const verdict = this.#gone.has(to) ? 'unreachable' : 'lost';
      for (const { deliveries } of streams.values()) {
        for (const delivery of deliveries) if (isOwed(delivery)) this.tallies[delivery.kind][verdict] += 1;
      }
    }
    this.#streams.clear();
  }

  #open(from: string, to: string): Stream {
    const streams = this.#streams.get(to) ?? new Map<string, Stream>();
    this.#streams.set(to, streams);
    const stream = streams.get(from) ?? { deliveries: [], newest: 0 };
    streams.set(from, stream);
    return stream;
  }

  #remove(from: string, to: string, delivery: Delivery): void {
    const deliveries = this.#streams.get(to)?.get(from)?.deliveries;
    const index = deliveries?.indexOf(delivery) ?? -1;
    if (deliveries === undefined || index < 0) return;
    deliveries.splice(index, 1);
    if (deliveries.length === 0 && this.#gone.has(to)) this.#forget(from, to);
  }

  #forget(from: string, to: string): void {
    const streams = this.#streams.get(to);
    streams?.delete(from);
    if (streams?.size === 0) this.#streams.delete(to);
  }
}

function isOwed(delivery: Delivery): boolean {
  return delivery.accepted && !delivery.arrived;
}
