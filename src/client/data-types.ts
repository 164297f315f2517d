import type { On, WaitOptions } from './peer-types.ts';

/** What `call.data.on` reports. */
export type SharedDataEvents = {
  /**
   * A value was set; `undefined`: it was deleted. `by`: the peer id of who did it, undefined for what changed while this
   * side's session was lost.
   */
  change: [key: string, value: unknown, by: string | undefined];
};

/**
 * A small map that all inside share, such as a pin, a timer or the page that everybody looks at. It is gone when the last
 * one leaves.
 * @example
 * call.data.on('change', (key, value) => key === 'page' && turnTo(value));
 * nextButton.onclick = () => call.data.set('page', page + 1);
 */
export interface SharedData {
  /** Calls a listener for each event; returns a function that removes it. */
  readonly on: On<SharedDataEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<SharedDataEvents>;
  /** Resolves to the value, as anybody inside may have set it: check it before use. */
  get(key: string): unknown;
  /** All keys with their values. */
  entries(): IterableIterator<[string, unknown]>;
  /**
   * Sets a value for all; the last one wins. Resolves when it is set, here too.
   * @param key 1–64 characters; at most 32 keys in a room
   * @param value any JSON of at most 1 KiB; null deletes
   * @throws ParleyClientError `too_large`, `invalid_message`, `not_in_room`, `closed`, `session_lost`
   * @example
   * await call.data.set('pin', peer.peerId);
   */
  set(key: string, value: unknown, options?: WaitOptions): Promise<void>;
  /**
   * Deletes a value for all.
   * @throws ParleyClientError as `set`
   * @example
   * await call.data.delete('pin');
   */
  delete(key: string, options?: WaitOptions): Promise<void>;
}
