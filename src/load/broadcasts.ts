import type { Accounting, Entry, MessageKind } from './accounting.ts';

/** One message to everybody in a room, on its way. */
export interface Flight {
  readonly from: string;
  readonly kind: MessageKind;
  readonly key: string;
  readonly intendedAt: number;
  /** By receiver: who stood in the sender's view of the room, and its entry in the books. */
  readonly entries: Map<string, { readonly member: object | undefined; readonly entry: Entry }>;
}

/** Flights of one sender that are remembered for those who came into the room just then. */
const REMEMBERED = 16;

/**
 * The books of messages to a whole room. Who is inside changes while one is under way, and the sender learns it
 * later than the server: owed is a message only to those whom the sender saw inside both when it sent and when the
 * server had answered. Somebody else who was inside just then may get it, once.
 */
export class Broadcasts {
  readonly #accounting: Accounting;
  readonly #recent = new Map<string, Flight[]>();

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
    const flight: Flight = { from, kind, key, intendedAt, entries: new Map() };
    for (const [to, member] of view) {
      flight.entries.set(to, { member, entry: this.#accounting.sent(from, to, kind, key, intendedAt) });
    }
    const recent = this.#recent.get(from) ?? [];
    this.#recent.set(from, [...recent.slice(1 - REMEMBERED), flight]);
    return flight;
  }

  /** @param view the room as the sender sees it after the server's answer */
  accepted({ from, entries }: Flight, view: ReadonlyMap<string, object>): void {
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
    for (const [to, { entry }] of entries) this.#accounting.withdrawn(from, to, entry);
  }

  received(from: string, to: string, kind: MessageKind, key: string): Entry | undefined {
    if (!this.#accounting.expects(from, to, kind, key)) this.#owe(from, to, kind, key);
    return this.#accounting.received(from, to, kind, key);
  }

  /** Somebody got a message whom its sender did not see inside. */
  #owe(from: string, to: string, kind: MessageKind, key: string): void {
    const unseen = this.#recent
      .get(from)
      ?.find((flight) => flight.kind === kind && flight.key === key && !flight.entries.has(to));
    if (unseen === undefined) return;
    const entry = this.#accounting.sent(from, to, kind, key, unseen.intendedAt);
    unseen.entries.set(to, { member: undefined, entry });
    this.#accounting.accepted(from, to, entry);
  }

  /** The sender's session is over. */
  forget(from: string): void {
    this.#recent.delete(from);
  }
}
