import type { ServerEvent } from '../protocol/events.ts';

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
  /** The frames numbered `#goneSeq + 1` to `#lastSeq`. Most sessions are silent most of the time: none, then. */
  #kept: string[] | undefined;
  #keptBytes = 0;

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get keptMessages(): number {
    return this.#kept?.length ?? 0;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** @returns the frame of a message that nobody needs a second time: a session's first welcome */
  first(event: ServerEvent, body: string): string {
    this.#lastSeq += 1;
    this.#goneSeq = this.#lastSeq;
    return frameText(event, this.#lastSeq, undefined, body);
  }

  /** Numbers and keeps a message. @returns its frame */
  add(event: ServerEvent, body: string | undefined, re: number | undefined, limits: KeptLimits): string {
    this.#lastSeq += 1;
    const frame = frameText(event, this.#lastSeq, re, body);
    this.#kept ??= [];
    this.#kept.push(frame);
    this.#keptBytes += Buffer.byteLength(frame);
    while (this.keptMessages > limits.keptMessages || this.#keptBytes > limits.keptBytes) this.#giveUp(1);
    return frame;
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

  /** The frames after `lastSeq`, in order. */
  after(lastSeq: number): readonly string[] {
    return this.#kept?.slice(lastSeq - this.#goneSeq) ?? [];
  }

  /** Everything that is kept, for a snapshot. */
  save(): { readonly lastSeq: number; readonly kept: readonly string[] } {
    return { lastSeq: this.#lastSeq, kept: this.#kept ?? [] };
  }

  static restore({ lastSeq, kept }: { lastSeq: number; kept: readonly string[] }): Outbox {
    const outbox = new Outbox();
    outbox.#lastSeq = lastSeq;
    outbox.#goneSeq = lastSeq - kept.length;
    if (kept.length > 0) outbox.#kept = [...kept];
    outbox.#keptBytes = kept.reduce((bytes, frame) => bytes + Buffer.byteLength(frame), 0);
    return outbox;
  }

  #giveUp(count: number): void {
    this.#goneSeq += count;
    if (count >= this.keptMessages) {
      this.#kept = undefined;
      this.#keptBytes = 0;
      return;
    }
    for (const frame of this.#kept?.splice(0, count) ?? []) this.#keptBytes -= Buffer.byteLength(frame);
  }
}

/** [WS3] Fields in their fixed order. `body` is the payload's JSON text. Without `seq`: the welcome of a resume [SE1]. */
export function frameText(
  event: ServerEvent,
  seq: number | undefined,
  re: number | undefined,
  body: string | undefined,
): string {
  const numbers = `${seq === undefined ? '' : `,"seq":${seq}`}${re === undefined ? '' : `,"re":${re}`}`;
  return body === undefined
    ? `{"event":"${event}"${numbers}}`
    : `{"event":"${event}"${numbers},"payload":${body}}`;
}
