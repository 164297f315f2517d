import * as v from 'valibot';
import { ChatMessage, MessageText, Reactions, ReplyTo, Tombstone } from './chat-events.ts';
import { BODY_ERRORS, type Endpoint, NoBody, RECEIVING_ERRORS, TOKEN_ERRORS } from './endpoint.ts';
import { NOT_A_CURSOR, PageQuery, pageOf } from './pages.ts';

/** The id of a message, as `chat/message-ids.ts` makes them: 13 characters that sort by time, and 8 random ones. */
const MessageCursor = v.optional(
  v.pipe(v.string(NOT_A_CURSOR), v.regex(/^[0-9a-v]{13}[\w-]{8}$/, NOT_A_CURSOR)),
);

/** `after` and `before` are exclusive; `around` has half a page on each side. At most one of them [CH3]. */
export const HistoryQuery = v.pipe(
  v.object({
    limit: PageQuery.entries.limit,
    after: MessageCursor,
    before: MessageCursor,
    around: MessageCursor,
  }),
  v.check(
    ({ after, before, around }) =>
      [after, before, around].filter((cursor) => cursor !== undefined).length <= 1,
    'must have at most one of `after`, `before` and `around`',
  ),
);
export type HistoryQuery = v.InferOutput<typeof HistoryQuery>;

/** Oldest first. `nextCursor` goes into the same parameter next; from the newest page it goes into `before`. */
export const HistoryReply = pageOf(v.union([ChatMessage, Tombstone]));
export type HistoryReply = v.InferOutput<typeof HistoryReply>;
const MessageReply = v.object({ message: ChatMessage });
const ReactionsReply = v.object({ id: v.string(), reactions: Reactions });

const CHAT = { path: '/rooms/:roomId/chat', who: 'user', roomToken: 'in_its_room' } as const;
const MESSAGE = { ...CHAT, path: '/rooms/:roomId/chat/:messageId' } as const;
const REACTION = {
  ...CHAT,
  path: '/rooms/:roomId/chat/:messageId/reactions/:emoji',
  request: NoBody,
  reply: { status: 200, body: ReactionsReply },
} as const;
const ERRORS = [...TOKEN_ERRORS, 'room_not_found', 'forbidden', 'rate_limited'] as const;

/** Chat over HTTP [CH1]–[CH3]. */
export const CHAT_ENDPOINTS = {
  listMessages: {
    ...CHAT,
    method: 'GET',
    query: HistoryQuery,
    request: NoBody,
    reply: { status: 200, body: HistoryReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
  sendMessage: {
    ...CHAT,
    method: 'POST',
    request: v.object({ message: MessageText, replyTo: ReplyTo }),
    reply: { status: 201, body: MessageReply },
    errors: [...ERRORS, ...BODY_ERRORS, 'not_found'],
  },
  editMessage: {
    ...MESSAGE,
    method: 'PATCH',
    request: v.object({ message: MessageText }),
    reply: { status: 200, body: MessageReply },
    errors: [...ERRORS, ...BODY_ERRORS, 'not_found'],
  },
  deleteMessage: {
    ...MESSAGE,
    method: 'DELETE',
    request: NoBody,
    reply: { status: 204 },
    errors: [...ERRORS, ...RECEIVING_ERRORS, 'not_found'],
  },
  addReaction: { ...REACTION, method: 'PUT', errors: [...ERRORS, ...RECEIVING_ERRORS, 'not_found'] },
  removeReaction: { ...REACTION, method: 'DELETE', errors: [...ERRORS, ...RECEIVING_ERRORS, 'not_found'] },
} as const satisfies Readonly<Record<string, Endpoint>>;
