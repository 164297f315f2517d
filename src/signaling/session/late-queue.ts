import { textOf } from '../../lib/borrowed.ts';
import type { ServerEvent } from '../../protocol/events.ts';
import { frameLength, type Outgoing } from '../wire/frame-writer.ts';

/** A message whose frame isn't written yet. */
export interface LateMessage {
  readonly event: ServerEvent;
  readonly re: number | undefined;
  /** JSON text. All recipients of a broadcast share one text. */
  readonly body: string | undefined;
}

/**
 * Messages for a suspended session. A broadcast is kept once, however many of a room's sessions are suspended: each keeps
 * a reference to the text. The frame, which contains the session's own number, is written when it is needed.
 */
export class LateQueue {
  readonly #items: { readonly message: LateMessage; readonly bytes: number }[] = [];
  #bytes = 0;

  get count(): number {
    return this.#items.length;
  }

  /** Total bytes that the frames will have once they are written. */
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

  /** Drops the oldest messages. @param count at most as many as there are */
  release(count: number): void {
    for (const { bytes } of this.#items.splice(0, count)) this.#bytes -= bytes;
  }

  /** The oldest first. */
  all(): readonly LateMessage[] {
    return this.#items.map(({ message }) => message);
  }
}
