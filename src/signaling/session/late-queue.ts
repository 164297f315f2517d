import { textOf } from '../../lib/borrowed.ts';
import type { ServerEvent } from '../../protocol/events.ts';
import { frameLength, type Outgoing } from '../wire/frame-writer.ts';

/** A message whose frame is not written yet. */
export interface LateMessage {
  readonly event: ServerEvent;
  readonly re: number | undefined;
  /** JSON text. That of a broadcast is one and the same for all who are told. */
  readonly body: string | undefined;
}

/**
 * Messages for a session that is away. What a room is told is kept once, however many of its people are away: each
 * keeps a reference to the text, and the frame, which has the session's own number in it, is written when it is wanted.
 */
export class LateQueue {
  readonly #items: { readonly message: LateMessage; readonly bytes: number }[] = [];
  #bytes = 0;

  get count(): number {
    return this.#items.length;
  }

  /** Of all frames, as if they were written. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: Outgoing, seq: number): void {
    const { event, re, body, relayed } = message;
    const bytes = frameLength(message, seq);
    const text = relayed === undefined ? body : Buffer.from(relayed.stamp).toString() + textOf(relayed.rest);
    this.#items.push({ message: { event, re, body: text }, bytes });
    this.#bytes += bytes;
  }

  /** Forgets the oldest. @param count at most as many as there are */
  release(count: number): void {
    for (const { bytes } of this.#items.splice(0, count)) this.#bytes -= bytes;
  }

  /** The oldest first. */
  all(): readonly LateMessage[] {
    return this.#items.map(({ message }) => message);
  }
}
