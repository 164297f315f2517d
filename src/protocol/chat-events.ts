import * as v from 'valibot';
import { Emoji } from './emoji.ts';
import { Uuid } from './fields.ts';
import { HAS_VISIBLE } from './names.ts';

/** Max characters (Unicode code points) of a chat message [CH1]. */
export const MESSAGE_CHARACTERS = 2_000;

/** Characters of message ids: they sort by time as text does. */
const MESSAGE_ID = /^[\w-]{1,64}$/;

/** Names a message. Which one there is, the chat knows: any other is `not_found`. */
export const MessageRef = v.pipe(v.string(), v.regex(MESSAGE_ID, 'must be the id of a message'));

/** The message that a message replies to. Null means the same as leaving it out. */
export const ReplyTo = v.nullish(MessageRef);

/**
 * A message's text as it came [CH1]. How long it may be is checked with the rest: too long is `too_large`. Halves of
 * surrogate pairs become U+FFFD, because UTF-8 has none.
 */
export const MessageText = v.pipe(
  v.string(),
  v.regex(HAS_VISIBLE, 'must have a visible character'),
  v.transform((text) => text.replace(/\p{Cs}/gu, '\uFFFD')),
);

/** The users who reacted with each emoji. */
export const Reactions = v.record(v.string(), v.array(v.string()));
export type Reactions = v.InferOutput<typeof Reactions>;

/** A message as it was said [CH1]. Who said it is null if that user has been deleted; `peerId` is null over HTTP too. */
const Said = v.object({
  id: v.string(),
  roomId: v.string(),
  userId: v.nullable(v.string()),
  peerId: v.nullable(v.string()),
  displayName: v.nullable(v.string()),
  message: v.string(),
  replyTo: v.optional(v.string()),
  createdAt: v.string(),
  version: v.number(),
});

/** A message as a page of the history has it: with its last edit and its reactions, if there are any. */
export const ChatMessage = v.object({
  ...Said.entries,
  editedAt: v.optional(v.string()),
  reactions: v.optional(Reactions),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

/** What stays of a deleted message, so that pages by cursor stay whole [CH2]. */
export const Tombstone = v.object({
  id: v.string(),
  roomId: v.string(),
  userId: v.nullable(v.string()),
  createdAt: v.string(),
  deletedAt: v.string(),
});
export type Tombstone = v.InferOutput<typeof Tombstone>;

/** Default: the room that one is inside. */
const RoomRef = { roomId: v.optional(Uuid) };

export const chatClientEvents = {
  chat: v.object({ ...RoomRef, message: MessageText, replyTo: ReplyTo }),
  'chat:edit': v.object({ ...RoomRef, id: MessageRef, message: MessageText }),
  'chat:delete': v.object({ ...RoomRef, id: MessageRef }),
  'chat:react': v.object({ ...RoomRef, id: MessageRef, emoji: Emoji, on: v.boolean() }),
  'chat:clear': v.object(RoomRef),
} as const;

const About = { id: v.string(), roomId: v.string() };

export const chatServerEvents = {
  chat: Said,
  'chat:edited': v.object({
    ...About,
    message: v.string(),
    editedAt: v.string(),
    version: v.number(),
  }),
  'chat:deleted': v.object(About),
  /** All reactions to the message as they are now. */
  'chat:reactions': v.object({ ...About, reactions: Reactions }),
  /** Nothing up to this id stays. */
  'chat:cleared': v.object({ roomId: v.string(), upTo: v.string() }),
} as const;
