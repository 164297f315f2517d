/**
 * Books of every message: what one simulated peer sent to another, whether the server took it, and whether it came,
 * once and in its turn. Knows no socket; told of each event, it can be tested with a wire that misbehaves.
 */

/** Kinds of messages that go from peer to peer. */
export const MESSAGE_KINDS = ['offer', 'answer', 'ice', 'speaking', 'typing', 'media'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface Tally {
  /** Taken by the server for a receiver that was there. A broadcast counts once for each receiver. */
  accepted: number;
  received: number;
  /** Taken, never seen, though the receiver was there to the end. */
  lost: number;
  duplicated: number;
  outOfOrder: number;
  /** Taken, and the receiver ended its session by itself before it could come. */
  unreachable: number;
}

/** One message on its way to one receiver. */
export interface Entry {
  readonly kind: MessageKind;
  /** Tells it from others of its kind between the same two peers; those of broadcasts come again. */
  readonly key: string | number;
  /** Milliseconds, monotonic: when it should have been sent. Latency counts from here. */
  readonly intendedAt: number;
  /** Its place in what was sent: higher is later. */
  readonly order: number;
  accepted: boolean;
  /** The session ended before the server's answer: it may arrive, and need not. */
  uncertain: boolean;
  arrived: boolean;
}

/** What is on its way from one peer to another. */
interface Stream {
  /** In the order of sending; complete entries leave. */
  readonly entries: Entry[];
  /** The highest order that arrived: what is below it was overtaken. */
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
  /** Peers that ended their session by themselves. */
  readonly #gone = new Set<string>();
  #lastOrder = 0;

  /** The place in the order of sending for a message that goes out now. */
  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  /**
   * A message goes out. It is expected only once the server has taken it: `accepted`.
   * @param order where it went out earlier and its receiver is known only now: its place then
   */
  sent(
    from: string,
    to: string,
    kind: MessageKind,
    key: string | number,
    intendedAt: number,
    order = this.nextOrder(),
  ): Entry {
    const entry = { kind, key, intendedAt, order, accepted: false, uncertain: false, arrived: false };
    const { entries } = this.#open(from, to);
    const earlier = entries.findLastIndex((other) => other.order < order);
    entries.splice(earlier + 1, 0, entry);
    return entry;
  }

  /** The server answered `ack`: from now on the message is owed to its receiver. */
  accepted(from: string, to: string, entry: Entry): void {
    if (entry.accepted) return;
    entry.accepted = true;
    this.tallies[entry.kind].accepted += 1;
    if (entry.arrived) this.#remove(from, to, entry);
  }

  /** The answer was lost with the session: nothing is owed, all may come. */
  uncertain(from: string, to: string, entry: Entry): void {
    if (entry.arrived) this.accepted(from, to, entry);
    else entry.uncertain = true;
  }

  /** Refused by the server, or not for this receiver: nothing is owed. */
  withdrawn(from: string, to: string, entry: Entry): void {
    // It came all the same: the server had taken it.
    if (entry.arrived) this.accepted(from, to, entry);
    else this.#remove(from, to, entry);
  }

  /** @returns the entry that came, undefined where nothing of the kind was owed: a duplicate, counted as such */
  received(from: string, to: string, kind: MessageKind, key: string | number): Entry | undefined {
    const stream = this.#streams.get(to)?.get(from);
    const fits = (entry: Entry): boolean => !entry.arrived && entry.kind === kind && entry.key === key;
    const entry =
      stream?.entries.find((one) => fits(one) && one.order > stream.newest) ?? stream?.entries.find(fits);
    if (stream === undefined || entry === undefined) {
      this.tallies[kind].duplicated += 1;
      return undefined;
    }
    entry.arrived = true;
    this.tallies[kind].received += 1;
    if (entry.order < stream.newest) this.tallies[kind].outOfOrder += 1;
    else stream.newest = entry.order;
    if (entry.uncertain) this.accepted(from, to, entry);
    else if (entry.accepted) this.#remove(from, to, entry);
    return entry;
  }

  /** A peer ended its session by itself: what is still on its way to it can't come. */
  gone(peerId: string): void {
    this.#gone.add(peerId);
    for (const [from, { entries }] of this.#streams.get(peerId) ?? []) {
      if (entries.length === 0) this.#forget(from, peerId);
    }
  }

  /** Accepted messages that have not come yet, to receivers that are there. */
  outstanding(): number {
    let count = 0;
    for (const [to, streams] of this.#streams) {
      if (this.#gone.has(to)) continue;
      for (const { entries } of streams.values()) for (const entry of entries) if (isOwed(entry)) count += 1;
    }
    return count;
  }

  /** The run is over: what has not come is lost, or was unreachable. Call it once. */
  close(): void {
    for (const [to, streams] of this.#streams) {
      const verdict = this.#gone.has(to) ? 'unreachable' : 'lost';
      for (const { entries } of streams.values()) {
        for (const entry of entries) if (isOwed(entry)) this.tallies[entry.kind][verdict] += 1;
      }
    }
    this.#streams.clear();
  }

  #open(from: string, to: string): Stream {
    const streams = this.#streams.get(to) ?? new Map<string, Stream>();
    this.#streams.set(to, streams);
    const stream = streams.get(from) ?? { entries: [], newest: 0 };
    streams.set(from, stream);
    return stream;
  }

  #remove(from: string, to: string, entry: Entry): void {
    const entries = this.#streams.get(to)?.get(from)?.entries;
    const index = entries?.indexOf(entry) ?? -1;
    if (entries === undefined || index < 0) return;
    entries.splice(index, 1);
    if (entries.length === 0 && this.#gone.has(to)) this.#forget(from, to);
  }

  #forget(from: string, to: string): void {
    const streams = this.#streams.get(to);
    streams?.delete(from);
    if (streams?.size === 0) this.#streams.delete(to);
  }
}

function isOwed(entry: Entry): boolean {
  return entry.accepted && !entry.arrived;
}
