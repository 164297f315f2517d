import * as v from 'valibot';
import { EMPTY_SECONDS, METADATA_CHARACTERS, ROOM_CAPACITY } from './limits.ts';
import { jsonField, nameField, ROOM_NAME_CHARACTERS } from './names.ts';

export const RoomName = nameField(ROOM_NAME_CHARACTERS);

export const RoomMax = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(ROOM_CAPACITY.min, `must be at least ${ROOM_CAPACITY.min}`),
  v.maxValue(ROOM_CAPACITY.max, `must be at most ${ROOM_CAPACITY.max}`),
);

/** Seconds that a room lives on after the last person left, unless it is persistent [RM5]. */
export const EmptySeconds = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0, 'must be at least 0'),
  v.maxValue(EMPTY_SECONDS.max, `must be at most ${EMPTY_SECONDS.max}`),
);

/**
 * What those inside may read of the chat [CH3]. `since_join`: from the moment of being let in; `none`: nothing is stored;
 * `off`: there is no chat.
 */
export const ChatPolicy = v.picklist(['all', 'since_join', 'none', 'off']);
export type ChatPolicy = v.InferOutput<typeof ChatPolicy>;

/** What an application keeps with a room: any JSON of bounded size; null for nothing. */
export const Metadata = jsonField(METADATA_CHARACTERS);

/** What a peer may send, besides signaling [TK4], [RM6]. */
export const SEND_KINDS = ['audio', 'video', 'screen', 'chat'] as const;
export type SendKind = (typeof SEND_KINDS)[number];
/** The kinds that somebody may send, each at most once, in the order of `SEND_KINDS`. */
export const SendRights = v.pipe(
  v.array(v.picklist(SEND_KINDS)),
  v.transform((kinds): readonly SendKind[] => SEND_KINDS.filter((kind) => kinds.includes(kind))),
);
/** `SendRights` as the server tells them. A client of this version leaves out the kinds of a later one. */
export const ToldSendRights = v.pipe(
  v.array(v.string()),
  v.transform((kinds) => SEND_KINDS.filter((kind) => kinds.includes(kind))),
  v.array(v.picklist(SEND_KINDS)),
);

/** A room as clients see it. `participants` is the number of people inside. */
export const Room = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  ownerId: v.nullable(v.string()),
  max: v.number(),
  hasPassword: v.boolean(),
  locked: v.boolean(),
  persistent: v.boolean(),
  listed: v.boolean(),
  waitingRoom: v.boolean(),
  /** A client of this version reads a policy of a later one as `off`: it can't tell who will read what is written. */
  chat: v.fallback(ChatPolicy, 'off'),
  relayOnly: v.boolean(),
  notBefore: v.nullable(v.string()),
  expiresAt: v.nullable(v.string()),
  endAtExpiry: v.boolean(),
  emptySeconds: v.number(),
  metadata: v.unknown(),
  createdAt: v.string(),
  participants: v.number(),
});
export type Room = v.InferOutput<typeof Room>;
