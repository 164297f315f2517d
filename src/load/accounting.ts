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
  /** Tells it from others of its kind between the same two peers. */
  readonly key: string | number;
  /** Milliseconds, monotonic: when it should have been sent. Latency counts from here. */
  readonly intendedAt: number;
  accepted: boolean;
  /** The server's answer never came, or the receiver was just leaving: it may arrive, and need not. */
  uncertain: boolean;
  arrived: boolean;
  /** One that was sent later came first. */
  overtaken: boolean;
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
  /** By sender and receiver, in the order of sending; complete entries leave. */
  readonly #streams = new Map<string, Entry[]>();
  /** Receivers that ended their session by themselves. */
  readonly #gone = new Set<string>();

  /** A message goes out. It is expected only once the server has taken it: `accepted`. */
  sent(from: string, to: string, kind: MessageKind, key: string | number, intendedAt: number): Entry {
    const entry = {
      kind,
      key,
      intendedAt,
      accepted: false,
      uncertain: false,
      arrived: false,
      overtaken: false,
    };
    const name = streamName(from, to);
    const stream = this.#streams.get(name);
    if (stream === undefined) this.#streams.set(name, [entry]);
    else stream.push(entry);
    return entry;
  }

  /** The server answered `ack`: from now on the message is owed to its receiver. */
  accepted(from: string, to: string, entry: Entry): void {
    if (entry.accepted) return;
    entry.accepted = true;
    this.tallies[entry.kind].accepted += 1;
    if (entry.arrived) this.#remove(streamName(from, to), entry);
  }

  /** The answer was lost with the session, or the receiver was just leaving: nothing is owed, all may come. */
  uncertain(from: string, to: string, entry: Entry): void {
    if (entry.arrived) this.accepted(from, to, entry);
    else entry.uncertain = true;
  }

  /** Refused by the server: nothing is owed. */
  withdrawn(from: string, to: string, entry: Entry): void {
    // It came all the same: the server had taken it.
    if (entry.arrived) this.accepted(from, to, entry);
    else this.#remove(streamName(from, to), entry);
  }

  /** @returns the entry that came, undefined where nothing of the kind was owed: a duplicate, counted as such */
  received(from: string, to: string, kind: MessageKind, key: string | number): Entry | undefined {
    const name = streamName(from, to);
    const entry = this.#find(name, kind, key);
    if (entry === undefined) {
      this.tallies[kind].duplicated += 1;
      return undefined;
    }
    entry.arrived = true;
    this.tallies[kind].received += 1;
    if (entry.overtaken) this.tallies[kind].outOfOrder += 1;
    for (const earlier of this.#streams.get(name) ?? []) {
      if (earlier === entry) break;
      if (!earlier.arrived) earlier.overtaken = true;
    }
    if (entry.uncertain) this.accepted(from, to, entry);
    else if (entry.accepted) this.#remove(name, entry);
    return entry;
  }

  /** Whether such a message is on its way. */
  expects(from: string, to: string, kind: MessageKind, key: string | number): boolean {
    return this.#find(streamName(from, to), kind, key) !== undefined;
  }

  /** The receiver came into a room: what was not sure to come to it before can't come any more, in whatever order. */
  entered(to: string): void {
    for (const [name, stream] of this.#streams) {
      if (receiverOf(name) !== to) continue;
      const alive = stream.filter((entry) => !entry.uncertain);
      if (alive.length === 0) this.#streams.delete(name);
      else if (alive.length < stream.length) this.#streams.set(name, alive);
    }
  }

  /** The receiver ended its session by itself: what is still on its way to it can't come. */
  receiverGone(to: string): void {
    this.#gone.add(to);
  }

  /** Accepted messages that have not come yet, to receivers that are there. */
  outstanding(): number {
    let count = 0;
    for (const [name, stream] of this.#streams) {
      if (!this.#gone.has(receiverOf(name))) count += stream.filter(isOwed).length;
    }
    return count;
  }

  /** The run is over: what has not come is lost, or was unreachable. Call it once. */
  close(): void {
    for (const [name, stream] of this.#streams) {
      const verdict = this.#gone.has(receiverOf(name)) ? 'unreachable' : 'lost';
      for (const entry of stream) if (isOwed(entry)) this.tallies[entry.kind][verdict] += 1;
    }
    this.#streams.clear();
  }

  /** The first that fits, and was not overtaken where there is one. */
  #find(name: string, kind: MessageKind, key: string | number): Entry | undefined {
    const stream = this.#streams.get(name) ?? [];
    const fits = (entry: Entry): boolean => !entry.arrived && entry.kind === kind && entry.key === key;
    return stream.find((entry) => fits(entry) && !entry.overtaken) ?? stream.find(fits);
  }

  #remove(name: string, entry: Entry): void {
    const stream = this.#streams.get(name);
    const index = stream?.indexOf(entry) ?? -1;
    if (stream === undefined || index < 0) return;
    stream.splice(index, 1);
    if (stream.length === 0) this.#streams.delete(name);
  }
}

function isOwed(entry: Entry): boolean {
  return entry.accepted && !entry.arrived;
}

/** Peer ids are UUIDs: they hold no space. */
function streamName(from: string, to: string): string {
  return `${from} ${to}`;
}

function receiverOf(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}
