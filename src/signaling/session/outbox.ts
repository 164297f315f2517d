import { type Borrowed, textOf } from '../../lib/borrowed.ts';
import type { ServerEvent } from '../../protocol/events.ts';
import type { ChunkPool } from '../wire/chunk-pool.ts';
import { FrameQueue } from '../wire/frame-queue.ts';
import { frameLength, frameText, type Outgoing, writeFrame } from '../wire/frame-writer.ts';
import { LateQueue } from './late-queue.ts';

/** How the outboxes of a hub keep messages. */
export interface Keeping {
  /** Max messages and bytes that are kept for one session. */
  readonly limits: { readonly keptMessages: number; readonly keptBytes: number };
  readonly chunks: ChunkPool;
}

/**
 * Numbers the messages of one session [WS5] and keeps them until they are acknowledged [SE7]. If too much is kept, the
 * oldest messages are given up. A client that lacks them can't resume, so there is never a silent hole [SE4].
 */
export class Outbox {
  #lastSeq = 0;
  /** Messages up to this one are not kept: they were acknowledged, given up, or never meant to be kept. */
  #goneSeq = 0;
  /** The frames that follow `#goneSeq`. Undefined while there are none: most sessions are silent most of the time. */
  #kept: FrameQueue | undefined;
  /** The messages after these, which came while the session is suspended. Undefined if there are none. */
  #late: LateQueue | undefined;
  /** The last number that the client may have received before the session was suspended. */
  #suspendedSeq = 0;

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get keptMessages(): number {
    return (this.#kept?.count ?? 0) + (this.#late?.count ?? 0);
  }

  get keptBytes(): number {
    return (this.#kept?.bytes ?? 0) + (this.#late?.bytes ?? 0);
  }

  /** Numbers a message that is not kept, because a session's first welcome is never replayed. Returns its frame. */
  addFirst(event: ServerEvent, body: string | undefined): string {
    this.#lastSeq += 1;
    this.#goneSeq = this.#lastSeq;
    return frameText(event, this.#lastSeq, body);
  }

  /**
   * Numbers and keeps a message that is sent now.
   * @returns its frame
   */
  add(message: Outgoing, { limits, chunks }: Keeping): string | Borrowed {
    if (this.#late !== undefined) this.resume(chunks);
    this.#lastSeq += 1;
    this.#kept ??= new FrameQueue();
    const kept = this.#kept;
    const frame = push(message, this.#lastSeq, kept, chunks);
    while (kept.count > limits.keptMessages || kept.bytes > limits.keptBytes) this.#giveUp(1);
    return frame;
  }

  /** Numbers and keeps a message of a suspended session. */
  keep(message: Outgoing, { limits }: Keeping): void {
    this.#lastSeq += 1;
    // A message that the client never received was given up, so it can't resume any more [SE4].
    if (this.#goneSeq > this.#suspendedSeq) {
      this.#goneSeq = this.#lastSeq;
      return;
    }
    this.#late ??= new LateQueue();
    this.#late.push(message, this.#lastSeq);
    while (this.keptMessages > limits.keptMessages || this.keptBytes > limits.keptBytes) this.#giveUp(1);
    if (this.#goneSeq > this.#suspendedSeq) this.giveUpAll();
  }

  /** Takes less memory until `resume`. */
  suspend(): void {
    this.#suspendedSeq = this.#lastSeq;
    if (this.#kept?.count === 0) this.#kept = undefined;
    else this.#kept?.pack();
  }

  /** Writes the frames of what came while the session was suspended. */
  resume(chunks: ChunkPool): void {
    const late = this.#late;
    this.#late = undefined;
    if (late === undefined || late.count === 0) return;
    this.#kept ??= new FrameQueue();
    let seq = this.#lastSeq - late.count;
    for (const message of late.all()) {
      seq += 1;
      push(message, seq, this.#kept, chunks);
    }
  }

  /** Keeps none of the messages so far: a client that lacks one of them can't resume. */
  giveUpAll(): void {
    this.#goneSeq = this.#lastSeq;
    this.#kept?.clear();
    this.#kept = undefined;
    this.#late = undefined;
  }

  /** Frees the messages that the client has. @returns false if `seq` was never sent */
  acknowledge(seq: number): boolean {
    if (seq > this.#lastSeq) return false;
    if (seq > this.#goneSeq) this.#giveUp(seq - this.#goneSeq);
    return true;
  }

  /** Whether `lastSeq` was sent, and all messages after it are still kept. */
  canReplayAfter(lastSeq: number): boolean {
    return Number.isSafeInteger(lastSeq) && lastSeq >= Math.max(this.#goneSeq, 1) && lastSeq <= this.#lastSeq;
  }

  /** The frames after `lastSeq`, in order, apart from those that came while the session is suspended. */
  after(lastSeq: number): readonly Borrowed[] {
    return this.#kept?.all().slice(lastSeq - this.#goneSeq) ?? [];
  }

  /** Returns everything that is kept, for a snapshot. */
  save(): { readonly lastSeq: number; readonly kept: readonly string[] } {
    const frames = this.after(this.#goneSeq).map(textOf);
    const late = this.#late?.all() ?? [];
    const firstLate = this.#lastSeq - late.length + 1;
    const texts = late.map(({ event, body, re }, place) => frameText(event, firstLate + place, body, re));
    return { lastSeq: this.#lastSeq, kept: [...frames, ...texts] };
  }

  static restore(saved: { lastSeq: number; kept: readonly string[] }, chunks: ChunkPool): Outbox {
    const { lastSeq, kept } = saved;
    const outbox = new Outbox();
    outbox.#lastSeq = lastSeq;
    outbox.#goneSeq = lastSeq - kept.length;
    outbox.#suspendedSeq = lastSeq;
    if (kept.length === 0) return outbox;
    const queue = new FrameQueue();
    for (const frame of kept) {
      const length = Buffer.byteLength(frame);
      const { bytes, at } = queue.reserve(length, chunks);
      bytes.write(frame, at);
      queue.push(length);
    }
    outbox.#kept = queue;
    return outbox;
  }

  #giveUp(count: number): void {
    this.#goneSeq += count;
    const written = Math.min(count, this.#kept?.count ?? 0);
    this.#kept?.release(written);
    if (written < count) this.#late?.release(count - written);
    // A busy session needs its queue again soon.
    if (this.#kept?.count === 0 && !this.#kept.hadMany) this.#kept = undefined;
  }
}

/** The only frame of a session stays a string: most sessions join a room and then receive nothing for long. */
function push(message: Outgoing, seq: number, kept: FrameQueue, chunks: ChunkPool): string | Borrowed {
  const { event, body, re } = message;
  if (body !== undefined && kept.count === 0 && !kept.hadMany) {
    return kept.pushText(frameText(event, seq, body, re));
  }
  const length = frameLength(message, seq);
  const { bytes, at } = kept.reserve(length, chunks);
  writeFrame(message, seq, bytes, at);
  return kept.push(length);
}
