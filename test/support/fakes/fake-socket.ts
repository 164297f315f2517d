import { type Borrowed, textOf } from '../../../src/lib/borrowed.ts';
import type { CloseCode } from '../../../src/protocol/codes.ts';
import type { PeerSocket } from '../../../src/signaling/session/peer-socket.ts';

/** A server's frame as a client reads it. */
export interface Frame {
  readonly event: string;
  readonly seq?: number;
  readonly re?: number;
  readonly payload?: unknown;
}

/**
 * A connection whose other side reads only when `flush` is called. A test that drops the socket without flushing it has
 * lost what was sent.
 */
export class FakeSocket implements PeerSocket {
  readonly address = '127.0.0.1';
  /** What the other side has read, as text. */
  readonly texts: string[] = [];
  /** Undefined while it is open. */
  closedWith: CloseCode | undefined;
  /** Whether the other side's window is shut: what is sent is buffered. */
  stalled = false;
  readonly #wire: string[] = [];

  send(frame: string | Borrowed): 'sent' | 'buffered' | 'dropped' {
    if (this.closedWith !== undefined) return 'dropped';
    this.#wire.push(typeof frame === 'string' ? frame : textOf(frame));
    return this.stalled ? 'buffered' : 'sent';
  }

  close(code: CloseCode): void {
    this.closedWith ??= code;
  }

  buffered(): number {
    return this.stalled ? this.#wire.reduce((bytes, frame) => bytes + Buffer.byteLength(frame), 0) : 0;
  }

  /** The other side reads all there is, or the first `count`. @returns the frames it read just now */
  flush(count = this.#wire.length): Frame[] {
    const read = this.#wire.splice(0, count);
    this.texts.push(...read);
    return read.map((text): Frame => JSON.parse(text));
  }

  /** The newest frame that was sent, read or not. */
  get newest(): Frame | undefined {
    const text = this.#wire.at(-1) ?? this.texts.at(-1);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** All that was ever read. */
  get frames(): Frame[] {
    this.flush();
    return this.texts.map((text): Frame => JSON.parse(text));
  }

  /** The payloads of an event that were read. */
  all(event: string): unknown[] {
    return this.frames.filter((frame) => frame.event === event).map(({ payload }) => payload);
  }

  /** The highest number that was read. */
  get lastSeq(): number {
    return this.frames.reduce((highest, { seq }) => Math.max(highest, seq ?? 0), 0);
  }
}
