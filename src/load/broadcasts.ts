import type { Accounting, Entry, MessageKind } from './accounting.ts';

/** One message to everybody in a room, on its way. */
export interface Flight {
  readonly from: string;
  readonly kind: MessageKind;
  readonly key: string;
  readonly intendedAt: number;
  /** Its place in what was sent, the same for all receivers. */
  readonly order: number;
  /** By receiver. */
  readonly entries: Map<string, Entry>;
}

/** The peers in a room, as one of them sees it. */
export type View = ReadonlySet<string>;

/**
 * The books of messages to a whole room. The server tells a sender of each who comes and goes before it answers the
 * next message: owed is a message to exactly those whom its sender saw inside when the answer came. A newcomer may
 * have it earlier than that, and has it before all that was sent later, though some of that was sent to it already.
 */
export class Broadcasts {
  readonly #accounting: Accounting;
  /** By sender: the flight that the server has not answered, or never did before the session ended. */
  readonly #unanswered = new Map<string, Flight>();

  constructor(accounting: Accounting) {
    this.#accounting = accounting;
  }

  /** A sender has one flight at a time. @param view the room as the sender sees it now */
  start(from: string, view: View, kind: MessageKind, key: string, intendedAt: number): Flight {
    const order = this.#accounting.nextOrder();
    const flight: Flight = { from, kind, key, intendedAt, order, entries: new Map() };
    for (const to of view) this.#add(flight, to);
    this.#unanswered.set(from, flight);
    return flight;
  }

  /** @param view the room as the sender saw it when the answer came, no message later */
  accepted(flight: Flight, view: View): void {
    const { from, entries } = flight;
    this.#unanswered.delete(from);
    for (const [to, entry] of entries) if (!view.has(to)) this.#accounting.withdrawn(from, to, entry);
    for (const to of view) this.#accounting.accepted(from, to, entries.get(to) ?? this.#add(flight, to));
  }

  /** The session ended before the answer. */
  uncertain({ from, entries }: Flight): void {
    for (const [to, entry] of entries) this.#accounting.uncertain(from, to, entry);
  }

  withdrawn({ from, entries }: Flight): void {
    this.#unanswered.delete(from);
    for (const [to, entry] of entries) this.#accounting.withdrawn(from, to, entry);
  }

  received(from: string, to: string, kind: MessageKind, key: string): Entry | undefined {
    const flight = this.#unanswered.get(from);
    // Somebody may get a message whom its sender does not see inside yet.
    if (flight?.kind === kind && flight.key === key && !flight.entries.has(to)) {
      this.#accounting.uncertain(from, to, this.#add(flight, to));
    }
    return this.#accounting.received(from, to, kind, key);
  }

  #add(flight: Flight, to: string): Entry {
    const { from, kind, key, intendedAt, order, entries } = flight;
    const entry = this.#accounting.sent(from, to, kind, key, intendedAt, order);
    entries.set(to, entry);
    return entry;
  }
}
