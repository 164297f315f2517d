/**
 * Limits that clients run into and that more than one part of Parley reads, with their units. Other limits live beside the
 * code that enforces them.
 */

/** Defaults of the limits that are settings: environment variables of the same names in upper snake case. */
export const LIMIT_DEFAULTS = {
  /** Max bytes of one WebSocket message from a client; a larger one closes the connection with 1009. */
  messageBytes: 65_536,
  /** Max messages per second of one session in the long run. */
  messagesPerSecond: 50,
  /** Max messages that a session sends at once after a pause. */
  messageBurst: 400,
  /** Max live sessions of one user; suspended ones don't count. */
  sessionsPerUser: 10,
  /** Max tries to register or sign in, all ways together, per minute and network address (IPv6: /64) [AC2]. */
  signInsPerMinute: 20,
  /** Max new guests per minute and network address (IPv6: /64): a class behind one address gets in. */
  guestsPerMinute: 120,
  /** Milliseconds that a lost session waits to be resumed. */
  resumeWindowMs: 30_000,
  /** Milliseconds between the server's pings; two without a sign of life end the connection. */
  heartbeatMs: 25_000,
  /** Max messages kept for a session until it acknowledges them. */
  keptMessages: 512,
  /** Max bytes of messages kept for a session until it acknowledges them. */
  keptBytes: 262_144,
  /** Max bytes waiting to be read by one client; beyond, its connection is closed as too slow. */
  backpressureBytes: 1_048_576,
} as const satisfies Readonly<Record<string, number>>;

export type Limits = { readonly [name in keyof typeof LIMIT_DEFAULTS]: number };

/** Max depth of nested lists and objects in an HTTP body or a WebSocket message. */
export const JSON_LEVELS = 64;
/** Milliseconds in which a WebSocket must show a valid token, and an HTTP request arrive whole. */
export const UNAUTHENTICATED_MS = 10_000;

/** Milliseconds that an access token lives [TK1]. */
export const ACCESS_TOKEN_MS = 900_000;

/** People in a room. */
export const ROOM_CAPACITY = { min: 2, max: 50, default: 8 } as const;
/** Seconds that an empty room stays [RM5]; `service`: the default for rooms that a service creates. */
export const EMPTY_SECONDS = { max: 86_400, default: 86_400, service: 0 } as const;

/** Characters (Unicode code points) of a password, of accounts and of rooms alike. */
export const PASSWORD_CHARACTERS = { min: 8, max: 128 } as const;
/** Max characters of `userInfo` as JSON. */
export const USER_INFO_CHARACTERS = 4_096;
/** Max characters of a room's `metadata` as JSON. */
export const METADATA_CHARACTERS = 4_096;
/** Max kinds of reactions to one message, and max reactions of all kinds together [CH2]. */
export const MESSAGE_REACTIONS = { kinds: 20, all: 500 } as const;

/** Max candidates in one `call:ice`. */
export const CANDIDATES = 256;
