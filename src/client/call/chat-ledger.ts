import type { ChatItem, ChatReactions } from '../types.ts';

/** Messages that are remembered; a room has no more [CH4]. */
const LEDGER_MESSAGES = 10_000;

interface Known {
  readonly version: number;
  readonly deleted: boolean;
  /** As JSON. */
  readonly reactions: string;
}

/** What the application was last told about each message, so that nothing old replaces it [CH2]. */
export class ChatLedger {
  readonly #known = new Map<string, Known>();

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** Ids of the newest messages, oldest first. */
  newest(count: number): string[] {
    return [...this.#known.keys()].sort().slice(-count);
  }

  /** Records a message as it came or as a page has it. */
  note(item: ChatItem): void {
    const deleted = 'deletedAt' in item;
    const version = deleted ? 0 : item.version;
    const reactions = JSON.stringify((deleted ? undefined : item.reactions) ?? {});
    const known = this.#known.get(item.id);
    if (known !== undefined && (known.deleted || known.version > version) && !deleted) return;
    this.#set(item.id, { version, deleted, reactions });
  }

  /** Records an edit. Returns false if a newer one is known, or the message is deleted. */
  edit(id: string, version: number): boolean {
    const known = this.#known.get(id);
    if (known === undefined) return true;
    if (known.deleted || known.version >= version) return false;
    this.#set(id, { ...known, version });
    return true;
  }

  /** Returns false if it is known. */
  remove(id: string): boolean {
    const known = this.#known.get(id);
    if (known?.deleted === true) return false;
    this.#set(id, { version: known?.version ?? 0, deleted: true, reactions: '{}' });
    return true;
  }

  /** Returns false if the message has just these, or is deleted. */
  react(id: string, reactions: ChatReactions): boolean {
    const known = this.#known.get(id);
    const text = JSON.stringify(reactions);
    if (known === undefined) return true;
    if (known.deleted || known.reactions === text) return false;
    this.#set(id, { ...known, reactions: text });
    return true;
  }

  forgetUpTo(upTo: string): void {
    for (const id of this.#known.keys()) if (id <= upTo) this.#known.delete(id);
  }

  #set(id: string, known: Known): void {
    this.#known.set(id, known);
    if (this.#known.size <= LEDGER_MESSAGES) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
