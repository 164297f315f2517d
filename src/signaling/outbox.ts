import type { ServerEvent } from '../protocol/events.ts';
import { FrameQueue } from './frame-queue.ts';
import { frameLength, frameText, type Outgoing, writeFrame } from './frame-writer.ts';

/** Bounds on what is kept for one session. */
export interface KeptLimits {
  readonly keptMessages: number;
  readonly keptBytes: number;
}

/**
 * What the server says in one session: numbers it [WS5] and keeps it until it is acknowledged [SE7]. Where too much
 * is waiting, the oldest is given up; a client that lacks it can't resume, so there is never a silent hole [SE4].
 */
export class Outbox {
  #lastSeq = 0;
  /** Messages up to this one are not kept: acknowledged, given up, or never meant to be kept. */
  #goneSeq = 0;
  /** The frames numbered `#goneSeq + 1` to `#lastSeq`. Most sessions are silent nearly always: none, then. */
  #kept: FrameQueue | undefined;

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get keptMessages(): number {
    return this.#kept?.count ?? 0;
  }

  get keptBytes(): number {
    return this.#kept?.bytes ?? 0;
  }

  /** @returns the frame of a message that nobody needs a second time: a session's first welcome */
  first(event: ServerEvent, body: string): string {
    this.#lastSeq += 1;
    this.#goneSeq = this.#lastSeq;
    return frameText(event, this.#lastSeq, body);
  }

  /**
   * Numbers and keeps a message.
   * @returns its frame, valid until the next call
   */
  add(message: Outgoing, limits: KeptLimits): string | Uint8Array {
    this.#lastSeq += 1;
    this.#kept ??= new FrameQueue();
    const kept = this.#kept;
    const frame = push(message, this.#lastSeq, kept);
    while (kept.count > limits.keptMessages || kept.bytes > limits.keptBytes) this.#giveUp(1);
    return frame;
  }

  /** Nobody reads for a while: takes less memory until somebody does. */
  rest(): void {
    if (this.#kept?.count === 0) this.#kept = undefined;
    else this.#kept?.pack();
  }

  /** Frees what the client has. @returns false where `seq` was never sent */
  acknowledge(seq: number): boolean {
    if (seq > this.#lastSeq) return false;
    if (seq > this.#goneSeq) this.#giveUp(seq - this.#goneSeq);
    return true;
  }

  /** Whether all after `lastSeq` is still here, `lastSeq` being a number that was sent. */
  canReplayAfter(lastSeq: number): boolean {
    return Number.isSafeInteger(lastSeq) && lastSeq >= Math.max(this.#goneSeq, 1) && lastSeq <= this.#lastSeq;
  }

  /** The frames after `lastSeq`, in order; valid until the next call. */
  after(lastSeq: number): readonly Uint8Array[] {
    return this.#kept?.all().slice(lastSeq - this.#goneSeq) ?? [];
  }

  /** Everything that is kept, for a snapshot. */
  save(): { readonly lastSeq: number; readonly kept: readonly string[] } {
    const frames = this.after(this.#goneSeq);
    return { lastSeq: this.#lastSeq, kept: frames.map((frame) => Buffer.from(frame).toString()) };
  }

  static restore({ lastSeq, kept }: { lastSeq: number; kept: readonly string[] }): Outbox {
    const outbox = new Outbox();
    outbox.#lastSeq = lastSeq;
    outbox.#goneSeq = lastSeq - kept.length;
    if (kept.length === 0) return outbox;
    const queue = new FrameQueue();
    for (const frame of kept) {
      const length = Buffer.byteLength(frame);
      const { bytes, at } = queue.reserve(length);
      bytes.write(frame, at);
      queue.push(length);
    }
    outbox.#kept = queue;
    return outbox;
  }

  #giveUp(count: number): void {
    this.#goneSeq += count;
    this.#kept?.release(count);
    // That of a busy session is needed again soon.
    if (this.#kept?.count === 0 && !this.#kept.hadMany) this.#kept = undefined;
  }
}

/** A text that comes when nothing is kept stays one: most sessions enter a room, and hear no more for long. */
function push(message: Outgoing, seq: number, kept: FrameQueue): string | Uint8Array {
  const { event, body, re } = message;
  if (body !== undefined && kept.count === 0 && !kept.hadMany) {
    return kept.pushText(frameText(event, seq, body, re));
  }
  const length = frameLength(message, seq);
  const { bytes, at } = kept.reserve(length);
  writeFrame(message, seq, bytes, at);
  return kept.push(length);
}
