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
 * What the server says in one session: numbers it [WS5] and keeps it until it is acknowledged [SE7]. Where too much
 * is waiting, the oldest is given up; a client that lacks it can't resume, so there is never a silent hole [SE4].
 */
export class Outbox {
  #lastSeq = 0;
  /** Messages up to this one are not kept: acknowledged, given up, or never meant to be kept. */
  #goneSeq = 0;
  /** The frames that follow `#goneSeq`. Most sessions are silent nearly always: none, then. */
  #kept: FrameQueue | undefined;
  /** The messages that follow these, up to `#lastSeq`: what came since it rests. Undefined while it does not. */
  #late: LateQueue | undefined;
  /** The last number that its client may have got before it rested. */
  #restSeq = 0;

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get keptMessages(): number {
    return (this.#kept?.count ?? 0) + (this.#late?.count ?? 0);
  }

  get keptBytes(): number {
    return (this.#kept?.bytes ?? 0) + (this.#late?.bytes ?? 0);
  }

  /** Numbers a message that is not kept: nobody needs a session's first welcome again. @returns its frame */
  addFirst(event: ServerEvent, body: string | undefined): string {
    this.#lastSeq += 1;
    this.#goneSeq = this.#lastSeq;
    return frameText(event, this.#lastSeq, body);
  }

  /**
   * Numbers and keeps a message that is sent now: while it does not rest.
   * @returns its frame, valid until the next call
   */
  add(message: Outgoing, { limits, chunks }: Keeping): string | Borrowed {
    if (this.#late !== undefined) this.wake(chunks);
    this.#lastSeq += 1;
    this.#kept ??= new FrameQueue();
    const kept = this.#kept;
    const frame = push(message, this.#lastSeq, kept, chunks);
    while (kept.count > limits.keptMessages || kept.bytes > limits.keptBytes) this.#giveUp(1);
    return frame;
  }

  /** Numbers and keeps a message that nobody reads now: while it rests. */
  keep(message: Outgoing, { limits }: Keeping): void {
    this.#lastSeq += 1;
    // Something that the client never got was given up: nobody can take up from before it any more [SE4].
    if (this.#goneSeq > this.#restSeq) {
      this.#goneSeq = this.#lastSeq;
      return;
    }
    this.#late ??= new LateQueue();
    this.#late.push(message, this.#lastSeq);
    while (this.keptMessages > limits.keptMessages || this.keptBytes > limits.keptBytes) this.#giveUp(1);
    if (this.#goneSeq > this.#restSeq) this.giveUpAll();
  }

  /** Nobody reads for a while: takes less memory until `wake`. */
  rest(): void {
    this.#restSeq = this.#lastSeq;
    if (this.#kept?.count === 0) this.#kept = undefined;
    else this.#kept?.pack();
  }

  /** Somebody reads again. */
  wake(chunks: ChunkPool): void {
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

  /** Keeps nothing of what was said until now: who lacks some of it can't resume. */
  giveUpAll(): void {
    this.#goneSeq = this.#lastSeq;
    this.#kept?.clear();
    this.#kept = undefined;
    this.#late = undefined;
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

  /** The frames after `lastSeq`, in order, but for those that came while it rests; valid until the next call. */
  after(lastSeq: number): readonly Borrowed[] {
    return this.#kept?.all().slice(lastSeq - this.#goneSeq) ?? [];
  }

  /** Everything that is kept, for a snapshot. */
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
    outbox.#restSeq = lastSeq;
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
    // That of a busy session is needed again soon.
    if (this.#kept?.count === 0 && !this.#kept.hadMany) this.#kept = undefined;
  }
}

/** A text that comes when nothing is kept stays one: most sessions enter a room, and hear no more for long. */
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
