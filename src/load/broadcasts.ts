import type { Accounting, Entry, MessageKind } from './accounting.ts';

/** One message to everybody in a room, on its way. */
export interface Flight {
  readonly from: string;
  readonly kind: MessageKind;
  readonly key: string;
  readonly intendedAt: number;
  /** Its place in what was sent, the same for all receivers. */
  readonly order: number;
  /** By receiver: who stood in the sender's view of the room, and its entry in the books. */
  readonly entries: Map<string, { readonly member: object | undefined; readonly entry: Entry }>;
}

/**
 * The books of messages to a whole room. Who is inside changes while one is under way, and the sender learns it
 * later than the server: owed is a message only to those whom the sender saw inside both when it sent and when the
 * server had answered. Who came between the two may get it, once and in its turn: before all that the sender sent
 * later, though it may have sent some of that to the newcomer already.
 *
 * A sender has one flight at a time, and two of a kind that follow each other have different keys.
 */
export class Broadcasts {
  readonly #accounting: Accounting;
  /** By sender: the flight that the server has not answered, or never did before the session ended. */
  readonly #unanswered = new Map<string, Flight>();

  constructor(accounting: Accounting) {
    this.#accounting = accounting;
  }

  /** @param view the room as the sender sees it: an object for each stay of a peer */
  start(
    from: string,
    view: ReadonlyMap<string, object>,
    kind: MessageKind,
    key: string,
    intendedAt: number,
  ): Flight {
    const order = this.#accounting.nextOrder();
    const flight: Flight = { from, kind, key, intendedAt, order, entries: new Map() };
    for (const [to, member] of view) this.#add(flight, to, member);
    this.#unanswered.set(from, flight);
    return flight;
  }

  /** @param view the room as the sender sees it after the server's answer, also where it has left since */
  accepted(flight: Flight, view: ReadonlyMap<string, object>): void {
    const { from, entries } = flight;
    this.#unanswered.delete(from);
    for (const to of view.keys()) if (!entries.has(to)) this.#add(flight, to, undefined);
    for (const [to, { member, entry }] of entries) {
      if (member !== undefined && view.get(to) === member) this.#accounting.accepted(from, to, entry);
      else this.#accounting.uncertain(from, to, entry);
    }
  }

  /** The session ended before the answer. */
  uncertain({ from, entries }: Flight): void {
    for (const [to, { entry }] of entries) this.#accounting.uncertain(from, to, entry);
  }

  withdrawn({ from, entries }: Flight): void {
    this.#unanswered.delete(from);
    for (const [to, { entry }] of entries) this.#accounting.withdrawn(from, to, entry);
  }

  received(from: string, to: string, kind: MessageKind, key: string): Entry | undefined {
    const flight = this.#unanswered.get(from);
    // Somebody may get a message whom its sender does not see inside yet.
    if (flight?.kind === kind && flight.key === key && !flight.entries.has(to)) {
      this.#accounting.uncertain(from, to, this.#add(flight, to, undefined));
    }
    return this.#accounting.received(from, to, kind, key);
  }

  #add(flight: Flight, to: string, member: object | undefined): Entry {
    const { from, kind, key, intendedAt, order, entries } = flight;
    const entry = this.#accounting.sent(from, to, kind, key, intendedAt, order);
    entries.set(to, { member, entry });
    return entry;
  }
}
