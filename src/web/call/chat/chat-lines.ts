import type { ChatEdit, ChatItem, ChatReactions } from '../../../client/index.ts';

/** A message as the page shows it. */
export interface ChatLine {
  readonly id: string;
  /** null once the user is deleted. */
  readonly userId: string | null;
  /** '' if it isn't known. */
  readonly name: string;
  readonly isOwn: boolean;
  /** '' once it is deleted. */
  readonly text: string;
  readonly replyTo: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  readonly version: number;
  readonly reactions: readonly Reaction[];
}

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
}

interface ChatLinesOptions {
  /** This side's user id. */
  readonly self: () => string;
  /** Name of a message's author, as the tiles show it. */
  readonly nameOf: (item: ChatItem) => string;
}

/** The known messages by id. Ids sort by time. */
export class ChatLines {
  readonly #options: ChatLinesOptions;
  readonly #byId = new Map<string, ChatLine>();
  #sorted: readonly ChatLine[] | null = [];

  constructor(options: ChatLinesOptions) {
    this.#options = options;
  }

  /** Oldest first. The same array until something changes. */
  all(): readonly ChatLine[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#sorted;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): ChatLine | undefined {
    return this.#byId.get(id);
  }

  /** Adds a message. An older version of a known one changes nothing. Returns whether it is new. */
  add(item: ChatItem): boolean {
    const line = this.lineOf(item);
    const known = this.#byId.get(line.id);
    if (known !== undefined && (known.isDeleted || known.version > line.version)) return false;
    this.#set(line);
    return known === undefined;
  }

  edit({ id, message, version }: ChatEdit): void {
    const line = this.#byId.get(id);
    if (line === undefined || line.isDeleted || line.version >= version) return;
    this.#set({ ...line, text: message, version, isEdited: true });
  }

  delete(id: string): void {
    const line = this.#byId.get(id);
    if (line !== undefined) this.#set({ ...line, ...DELETED });
  }

  react(id: string, reactions: ChatReactions): void {
    const line = this.#byId.get(id);
    if (line === undefined || line.isDeleted) return;
    this.#set({ ...line, reactions: this.#reactionsOf(reactions) });
  }

  /** Drops every message up to `upTo`, inclusive. */
  clear(upTo: string): void {
    for (const id of this.#byId.keys()) if (id <= upTo) this.#byId.delete(id);
    this.#sorted = null;
  }

  /** Drops one message, which is not deleted by that. */
  drop(id: string): void {
    if (this.#byId.delete(id)) this.#sorted = null;
  }

  /** Drops all messages. */
  reset(): void {
    this.#byId.clear();
    this.#sorted = null;
  }

  #set(line: ChatLine): void {
    this.#byId.set(line.id, line);
    this.#sorted = null;
  }

  lineOf(item: ChatItem): ChatLine {
    const base = {
      id: item.id,
      userId: item.userId,
      name: this.#options.nameOf(item),
      isOwn: item.userId !== null && item.userId === this.#options.self(),
      createdAt: item.createdAt,
    };
    if ('deletedAt' in item) return { ...base, version: 0, replyTo: null, isEdited: false, ...DELETED };
    return {
      ...base,
      text: item.message,
      replyTo: item.replyTo ?? null,
      isEdited: item.version > 1,
      isDeleted: false,
      version: item.version,
      reactions: this.#reactionsOf(item.reactions ?? {}),
    };
  }

  #reactionsOf(reactions: ChatReactions): readonly Reaction[] {
    return Object.entries(reactions)
      .filter(([, users]) => users.length > 0)
      .map(([emoji, users]) => ({
        emoji,
        count: users.length,
        isMine: users.includes(this.#options.self()),
      }));
  }
}

const DELETED = { text: '', isDeleted: true, reactions: [] } as const;
