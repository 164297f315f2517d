import type { Room } from '../../protocol/room-fields.ts';
import { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { Chat, ChatEdit, ChatEvents, ChatMessage, ChatPage, ChatQuery, WaitOptions } from '../types.ts';
import type { CallSession } from './call-session.ts';
import { type ChatGap, NO_GAP, readGap, readNew } from './chat-gap.ts';
import { ChatHistory } from './chat-history.ts';
import { ChatLedger } from './chat-ledger.ts';
import { type ChatChange, editOf, messageOf, type NewMessage, readChange } from './chat-messages.ts';
import { ChatOutbox, type Draft } from './chat-outbox.ts';
import type { CallDeps } from './link.ts';
import type { CallPart, Inside, PartDeps } from './part.ts';

/** Events that are held back while the history of a lost session is read; beyond, they come without it. */
const HELD_EVENTS = 1_000;
/** Tries to read that history. */
const TRIES = 3;
/** Milliseconds between them. */
const RETRY_MS = 2_000;

interface RoomChatDeps extends Omit<PartDeps, 'session'>, Pick<CallDeps, 'clock' | 'account'> {
  readonly session: CallSession;
  readonly roomId: string;
  readonly room: () => Room;
  readonly isHost: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** The room's chat [CH1]–[CH3]. */
export class RoomChat implements Chat, CallPart {
  readonly #deps: RoomChatDeps;
  readonly #emitter = new Emitter<ChatEvents>();
  readonly #ledger = new ChatLedger();
  readonly #history: ChatHistory;
  readonly #outbox: ChatOutbox;
  #lastId: string | null = null;
  /** What came while the history of a lost session is being read; undefined at all other times. */
  #held: (ChatChange | NewMessage)[] | undefined;
  /** Counts lost sessions: the history of an earlier one is worth nothing. */
  #sessions = 0;

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;

  constructor(deps: RoomChatDeps) {
    const { account, roomId, clock } = deps;
    this.#deps = deps;
    this.#history = new ChatHistory({ account, roomId, now: () => clock.now() });
    this.#outbox = new ChatOutbox({ clock, send: (draft) => this.#send(draft) });
  }

  get policy(): Chat['policy'] {
    return this.#deps.room().chat;
  }

  get lastId(): string | null {
    return this.#lastId;
  }

  send(
    message: string,
    { replyTo, signal }: WaitOptions & { readonly replyTo?: string | undefined } = {},
  ): Promise<ChatMessage> {
    return this.#outbox.add({ message, replyTo }, signal);
  }

  async edit(id: string, message: string, options?: WaitOptions): Promise<ChatEdit> {
    return editOf(await this.#deps.session.request('chat:edit', { id, message }, options));
  }

  async remove(id: string, options?: WaitOptions): Promise<void> {
    await this.#deps.session.request('chat:delete', { id }, options);
  }

  async react(id: string, emoji: string, on = true, options?: WaitOptions): Promise<void> {
    await this.#deps.session.request('chat:react', { id, emoji, on }, options);
  }

  async clear(options?: WaitOptions): Promise<void> {
    await this.#deps.session.request('chat:clear', {}, options);
  }

  async history(query: ChatQuery = {}, options?: WaitOptions): Promise<ChatPage> {
    const page = await this.#history.read(query, options);
    for (const item of page.items) this.#ledger.note(item);
    return page;
  }

  setTyping(typing: boolean): void {
    this.#deps.session.tell('typing', { typing });
  }

  /** Sends nothing and reports nothing until this side is inside again: its session is lost. */
  hold(): void {
    this.#sessions += 1;
    this.#outbox.hold();
    this.#held ??= [];
  }

  enter({ chat }: Inside, returning: boolean): void {
    if (returning) {
      void this.#return(chat.lastId);
      return;
    }
    this.#lastId = chat.lastId;
    this.#held = undefined;
    this.#outbox.open(() => null);
  }

  handle(message: ServerMessage): void {
    if (message.event === 'peer:typing') {
      const peer = this.#deps.peers().get(message.payload.peerId);
      if (peer !== undefined) this.#emitter.emit('typing', peer, message.payload.typing);
      return;
    }
    const change = readChange(message, this.#deps.roomId);
    if (change === undefined) return;
    if (this.#held === undefined) this.#apply(change);
    else {
      this.#held.push(change);
      if (this.#held.length > HELD_EVENTS) this.#release(NO_GAP);
    }
  }

  close(): void {
    this.#sessions += 1;
    this.#outbox.close();
  }

  /** Reports what was missed, then what has come since, and sends what waits. */
  async #return(lastId: string | null): Promise<void> {
    const session = this.#sessions;
    const gap = await this.#readGap(lastId, session, TRIES);
    if (session !== this.#sessions) return;
    this.#release(gap ?? NO_GAP);
    if (lastId !== null && lastId > (this.#lastId ?? '')) this.#lastId = lastId;
    this.#outbox.open((draft) => this.#findStored(draft, gap));
  }

  /** Resolves with undefined if it can't be known. */
  async #readGap(lastId: string | null, session: number, tries: number): Promise<ChatGap | undefined> {
    const wasUsed = (lastId ?? this.#lastId) !== null;
    if (this.policy === 'none' || this.policy === 'off') return undefined;
    if (!wasUsed) return NO_GAP;
    try {
      if (this.#readsAll) return await readGap(this.#history, this.#ledger, this.#lastId);
      return await readNew(this.#history, this.#lastId);
    } catch (error) {
      if (session !== this.#sessions) return undefined;
      if (tries > 1) {
        await new Promise<void>((resolve) => this.#deps.clock.after(RETRY_MS, resolve));
        return this.#readGap(lastId, session, tries - 1);
      }
      this.#deps.onError(error);
      return undefined;
    }
  }

  /** Whether this side may read what was said while it was away. */
  get #readsAll(): boolean {
    return this.policy === 'all' || (this.policy === 'since_join' && this.#deps.isHost());
  }

  #findStored({ message, replyTo }: Draft, gap: ChatGap | undefined): ChatMessage | null | undefined {
    const userId = this.#deps.session.welcome?.user.id;
    const stored = gap?.messages.find(
      (each) => each.userId === userId && each.message === message && each.replyTo === replyTo,
    );
    return stored ?? (gap !== undefined && this.#readsAll ? null : undefined);
  }

  #release({ messages, changes }: ChatGap): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const change of changes) this.#apply(change);
    for (const message of messages) this.#apply({ name: 'message', message });
    for (const change of held) this.#apply(change);
  }

  #apply(change: ChatChange | NewMessage): void {
    if (change.name === 'message') this.#add(change.message);
    else if (!this.#isNew(change)) return;
    else {
      this.#history.note(change);
      this.#report(change);
    }
  }

  #add(message: ChatMessage): void {
    if (this.#ledger.has(message.id)) return;
    // What isn't stored is in no history, and must not be missed there.
    if (this.policy !== 'none') this.#ledger.note(message);
    if (message.id > (this.#lastId ?? '')) this.#lastId = message.id;
    this.#emitter.emit('message', message);
  }

  #isNew(change: ChatChange): boolean {
    switch (change.name) {
      case 'edited':
        return this.#ledger.edit(change.edit.id, change.edit.version);
      case 'deleted':
        return this.#ledger.remove(change.id);
      case 'reactions':
        return this.#ledger.react(change.id, change.reactions);
      case 'cleared':
        this.#ledger.forgetUpTo(change.upTo);
        return true;
    }
  }

  #report(change: ChatChange): void {
    if (change.name === 'edited') this.#emitter.emit('edited', change.edit);
    else if (change.name === 'deleted') this.#emitter.emit('deleted', change.id);
    else if (change.name === 'reactions') this.#emitter.emit('reactions', change.id, change.reactions);
    else this.#emitter.emit('cleared', change.upTo);
  }

  async #send({ message, replyTo }: Draft): Promise<ChatMessage> {
    const { session } = this.#deps;
    return messageOf(
      await session.request('chat', { message, ...(replyTo === undefined ? {} : { replyTo }) }),
    );
  }
}
