import type { PeerId } from '../../domain/ids.ts';
import { peerGone } from '../../domain/refusals.ts';
import type { Clock } from '../../lib/clock.ts';

/** Milliseconds that a message for an expected user is kept [CT4]. */
export const KEPT_MS = 60_000;
/** Max messages kept for one expected user [CT4]. */
export const KEPT_PER_USER = 64;
/** Max characters of all messages kept for expected users, of all rooms together. */
export const KEPT_CHARACTERS = 67_108_864;

/** What is kept. A hangup takes back what its peer has sent. */
export const KEPT_EVENTS = ['call:offer', 'call:answer', 'call:ice', 'room:message'] as const;
export type KeptEvent = (typeof KEPT_EVENTS)[number];

/** A message for somebody who is expected. */
export interface KeptMessage {
  readonly event: KeptEvent;
  /** The payload, as JSON text. */
  readonly body: string;
  /** The peer who sent it; null for a backend. */
  readonly from: PeerId | null;
  /** When it is worth nothing any more, in the clock's monotonic milliseconds. */
  readonly until: number;
}

interface Mailbox {
  readonly roomId: string;
  readonly userId: string;
  messages: KeptMessage[];
}

/** What is kept for users who are expected in a room, until they come in [CT4]. */
export class Mailboxes {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By room and user, which no id can mix up: a room's id has a fixed length. */
  readonly #boxes = new Map<string, Mailbox>();
  #characters = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** How many characters are kept. */
  get characters(): number {
    return this.#characters;
  }

  /**
   * Keeps a message for `KEPT_MS`. That the user is expected is the caller's to check.
   * @throws ParleyError `peer_gone` beyond `KEPT_PER_USER` or `KEPT_CHARACTERS`: nothing is lost without a word
   */
  keep(roomId: string, userId: string, message: Omit<KeptMessage, 'until'>): void {
    this.checkRoom(roomId, userId, 1, message.body.length);
    this.restore(roomId, userId, { ...message, until: this.#clock.monotonic() + KEPT_MS });
  }

  /** @throws ParleyError `peer_gone` if so many messages can't be kept */
  checkRoom(roomId: string, userId: string, messages: number, characters: number): void {
    const box = this.#boxes.get(roomId + userId);
    if (box !== undefined) this.#forgetOld(box);
    if (this.#characters + characters > KEPT_CHARACTERS) this.sweep();
    const isFull = (box?.messages.length ?? 0) + messages > KEPT_PER_USER;
    if (isFull || this.#characters + characters > KEPT_CHARACTERS) throw peerGone();
  }

  /** Puts a message at the end. Call it in the order of `until`. */
  restore(roomId: string, userId: string, message: KeptMessage): void {
    const key = roomId + userId;
    const box = this.#boxes.get(key) ?? { roomId, userId, messages: [] };
    box.messages.push(message);
    this.#boxes.set(key, box);
    this.#characters += message.body.length;
  }

  /** Removes what is kept for the user. @returns it, the oldest first */
  take(roomId: string, userId: string): readonly KeptMessage[] {
    if (this.#boxes.size === 0) return [];
    const box = this.#boxes.get(roomId + userId);
    if (box === undefined) return [];
    this.#forgetOld(box);
    const { messages } = box;
    this.#forget(box, () => true);
    return messages;
  }

  /** Removes what a peer has sent the user. */
  takeBack(roomId: string, userId: string, from: PeerId): void {
    const box = this.#boxes.get(roomId + userId);
    if (box !== undefined) this.#forget(box, (message) => message.from === from);
  }

  /** Removes what is kept in a room. */
  clear(roomId: string): void {
    for (const box of this.#boxes.values()) if (box.roomId === roomId) this.#forget(box, () => true);
  }

  /** Removes what nobody came for in time. */
  sweep(): void {
    for (const box of this.#boxes.values()) this.#forgetOld(box);
  }

  all(): Iterable<Readonly<Mailbox>> {
    return this.#boxes.values();
  }

  #forgetOld(box: Mailbox): void {
    const now = this.#clock.monotonic();
    const [oldest] = box.messages;
    if (oldest !== undefined && oldest.until <= now) this.#forget(box, ({ until }) => until <= now);
  }

  #forget(box: Mailbox, isOver: (message: KeptMessage) => boolean): void {
    const left = box.messages.filter((message) => !isOver(message));
    for (const message of box.messages) if (isOver(message)) this.#characters -= message.body.length;
    box.messages = left;
    if (left.length === 0) this.#boxes.delete(box.roomId + box.userId);
  }
}
