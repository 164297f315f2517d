import type { UserKind } from '../protocol/fields.ts';
import type { On, WaitOptions } from './peer-types.ts';

/** Somebody who waits to be let in. */
export interface Knock {
  readonly knockId: string;
  readonly userId: string;
  readonly displayName: string | null;
  readonly kind: UserKind;
  /** ISO 8601. */
  readonly since: string;
}

/** What `call.knocks.on` reports. */
export type KnocksEvents = {
  /** Who waits has changed. */
  change: [items: readonly Knock[]];
};

/**
 * Who waits to be let in; only hosts know.
 * @throws ParleyClientError `forbidden`; `not_found` if that one no longer waits; `closed`; `session_lost`
 * @example
 * call.knocks.on('change', (items) => list.replaceChildren(...items.map(row)));
 */
export interface Knocks {
  /** The one who came first is first; empty for all but hosts. */
  readonly items: readonly Knock[];
  /** Calls a listener for each event; returns a function that removes it. */
  readonly on: On<KnocksEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<KnocksEvents>;
  /**
   * Lets somebody in.
   * @throws ParleyClientError `room_full` besides; the one who waits stays in the line
   * @example
   * const [first] = call.knocks.items;
   * if (first !== undefined) await call.knocks.admit(first);
   */
  admit(knock: Pick<Knock, 'knockId'>, options?: WaitOptions): Promise<void>;
  /**
   * Lets everybody in, in order, until the room is full.
   * @throws ParleyClientError `room_full` besides
   * @example
   * await call.knocks.admitAll();
   */
  admitAll(options?: WaitOptions): Promise<void>;
  /**
   * Turns somebody away, who may knock again after 30 seconds.
   * @example
   * await call.knocks.refuse(knock);
   */
  refuse(knock: Pick<Knock, 'knockId'>, options?: WaitOptions): Promise<void>;
}
