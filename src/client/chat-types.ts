import type { ChatMessage, Reactions, Tombstone } from '../protocol/chat-events.ts';
import type { ChatPolicy } from '../protocol/room-fields.ts';
import type { On, RemotePeer, WaitOptions } from './peer-types.ts';

/** Who reacted to a message: the user ids of each emoji. */
export type ChatReactions = Reactions;

/** What stays of a message that was deleted, so that the pages of the history stay whole. */
export type DeletedChatMessage = Tombstone;

/** What a page of the history consists of; a deleted message has `deletedAt`. */
export type ChatItem = ChatMessage | DeletedChatMessage;

/** A message's new text. */
export interface ChatEdit {
  readonly id: string;
  readonly message: string;
  /** ISO 8601. */
  readonly editedAt: string;
  readonly version: number;
}

/**
 * Which page of the history to read; without `before`, `after` and `around`, the newest one. Message ids are exclusive,
 * except that a page `around` a message has that message in its middle.
 */
export interface ChatQuery {
  /** The page that ends right before this message. */
  readonly before?: string | undefined;
  /** The page that begins right after this message. */
  readonly after?: string | undefined;
  readonly around?: string | undefined;
  /** Messages per page: 1–100, default 50. */
  readonly limit?: number | undefined;
}

/** A page of the history, oldest first. */
export interface ChatPage {
  readonly items: readonly ChatItem[];
  /** What to pass as `before` or `after`, whichever was used, for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/** What `call.chat.on` reports: each event with its arguments. */
export type ChatEvents = {
  /** Somebody wrote, this side included. After a lost connection what was missed comes first, once and in order. */
  message: [message: ChatMessage];
  /** A message was edited. An edit that is older than the one reported before is left out. */
  edited: [edit: ChatEdit];
  /** A message was deleted. */
  deleted: [id: string];
  /** Somebody reacted to a message, or took it back; these are all its reactions now. */
  reactions: [id: string, reactions: ChatReactions];
  /** A host deleted every message up to this one, that one included. */
  cleared: [upTo: string];
  /** A peer started or stopped typing. */
  typing: [peer: RemotePeer, typing: boolean];
};

/**
 * The room's chat. Messages are plain text that other people wrote: show them as text, never as HTML. Their ids sort by
 * time, `version` is 1 and one more with each edit, times are ISO 8601. `userId`, `peerId` and `displayName` are null once
 * the user is deleted.
 * @example
 * const { items } = await call.chat.history();
 * items.forEach(show);
 * call.chat.on('message', show);
 * form.onsubmit = () => call.chat.send(input.value);
 */
export interface Chat {
  /**
   * What may be read: `all`; `since_join`: what was said since this side came in; `none`: nothing is stored; `off`: there
   * is no chat. Hosts read all of `since_join`.
   */
  readonly policy: ChatPolicy;
  /** The id of the newest message, also of one before this side came in; null if there is none. */
  readonly lastId: string | null;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * call.chat.on('edited', ({ id, message }) => rows.get(id)?.setText(message));
   */
  readonly on: On<ChatEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<ChatEvents>;
  /**
   * Writes a message; resolves with it when it is stored. Messages that are written while the connection is lost are sent
   * once it is back, in order and once, even if the session can't be resumed. One whose signal is aborted before isn't sent.
   * @param message 1–2000 characters, one of them visible
   * @throws ParleyClientError `forbidden` if there is no chat, or this side may not write; `not_found` if the message
   *   that it replies to is gone; `too_large`, `invalid_message`, `rate_limited`, `closed`; `session_lost` if it may
   *   have been stored and this side can't find out
   * @example
   * await call.chat.send('Who brings the cake?', { replyTo: message.id });
   */
  send(
    message: string,
    options?: WaitOptions & { readonly replyTo?: string | undefined },
  ): Promise<ChatMessage>;
  /**
   * Changes the text of one's own message, within six hours.
   * @throws ParleyClientError `forbidden`, `not_found`, `too_large`, `invalid_message`, `closed`, `session_lost`
   * @example
   * await call.chat.edit(message.id, 'Who brings the cakes?');
   */
  edit(id: string, message: string, options?: WaitOptions): Promise<ChatEdit>;
  /**
   * Deletes one's own message; a host deletes any.
   * @throws ParleyClientError `forbidden`, `not_found`, `closed`, `session_lost`
   * @example
   * await call.chat.remove(message.id);
   */
  remove(id: string, options?: WaitOptions): Promise<void>;
  /**
   * Reacts to a message with one emoji, or takes that back. @param on false takes it back
   * @throws ParleyClientError `forbidden`, `not_found`, `invalid_message`, `closed`, `session_lost`; `too_large` if the
   *   message has 20 kinds of reactions already
   * @example
   * await call.chat.react(message.id, '👍');
   */
  react(id: string, emoji: string, on?: boolean, options?: WaitOptions): Promise<void>;
  /**
   * Deletes all messages; for hosts.
   * @throws ParleyClientError `forbidden`, `closed`, `session_lost`
   * @example
   * await call.chat.clear();
   */
  clear(options?: WaitOptions): Promise<void>;
  /**
   * Resolves with a page of the messages that this side may read, oldest first; without a query, with the newest. Edits
   * and reactions that come while the page is under way are in it.
   * @throws ParleyClientError `forbidden`, `not_found`, `validation_failed`, `unauthorized`, `network`, `timeout`
   * @example
   * const older = await call.chat.history({ before: items[0]?.id, limit: 100 });
   */
  history(query?: ChatQuery, options?: WaitOptions): Promise<ChatPage>;
  /**
   * Tells the others that this side started or stopped typing.
   * @example
   * input.oninput = () => call.chat.setTyping(input.value !== '');
   */
  setTyping(typing: boolean): void;
}
