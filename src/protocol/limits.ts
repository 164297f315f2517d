/**
 * Every bound on what a stranger can make the server hold or do, with its unit. Those in `LIMIT_DEFAULTS` are
 * settings (environment variables in upper snake case); the others are fixed.
 */
export const LIMIT_DEFAULTS = {
  /** Bytes of one WebSocket message from a client; a larger one closes the connection with 1009. */
  messageBytes: 65_536,
  /** Messages a second that a session may send in the long run. */
  messagesPerSecond: 50,
  /** Messages that a session may send at once after a pause. */
  messageBurst: 400,
  /** Live sessions of one user; suspended ones don't count. */
  sessionsPerUser: 10,
  /** Register and login together, per minute and network address (IPv6: /64). */
  signInsPerMinute: 20,
  /** New guests per minute and network address (IPv6: /64): a class behind one address gets in. */
  guestsPerMinute: 120,
  /** Milliseconds that a lost session waits to be resumed. */
  resumeWindowMs: 30_000,
  /** Milliseconds between the server's pings; two without a sign of life end the connection. */
  heartbeatMs: 25_000,
  /** Messages kept for a session until it acknowledges them. */
  keptMessages: 512,
  /** Bytes of messages kept for a session until it acknowledges them. */
  keptBytes: 262_144,
  /** Bytes waiting in one connection before it is closed as too slow. */
  backpressureBytes: 1_048_576,
} as const satisfies Readonly<Record<string, number>>;

export type Limits = { readonly [name in keyof typeof LIMIT_DEFAULTS]: number };

/** Suspended sessions of one user at once, as a multiple of `sessionsPerUser`; the oldest ends first [SE2]. */
export const SUSPENDED_TIMES = 2;
/**
 * Chunks of 8 KiB that wait to be used again for kept messages: 128 MiB, what 4,000 busy sessions take. More of them wait
 * only beside others of their slab that are in use: at most seven for each.
 */
export const FREE_CHUNKS = 16_384;
/** Lists and objects inside each other, in an HTTP body or a WebSocket message. */
export const JSON_LEVELS = 64;
/** Bytes of an HTTP request body. */
export const BODY_BYTES = 65_536;
/** Bytes of HTTP request bodies held at once, in all; beyond them a request is answered with 503. */
export const BODIES_BYTES = 67_108_864;
/** Milliseconds and bytes for which the rest of a body is read after its refusal, so that the refusal arrives. */
export const REFUSED_BODY_MS = 1_000;
export const REFUSED_BODY_BYTES = 1_048_576;
/** Milliseconds for a connection to show a valid token, and for an HTTP request to arrive whole. */
export const UNAUTHENTICATED_MS = 10_000;
/** Refused messages within `BAD_MESSAGE_WINDOW_MS` that end a connection [WS6]. */
export const BAD_MESSAGES = 10;
export const BAD_MESSAGE_WINDOW_MS = 10_000;
/** Milliseconds over the message rate before the connection is closed with 4103. */
export const OVER_RATE_MS = 10_000;
/** So many times what the rate allows in that time closes it at once: 5,000 refused messages by default. */
export const OVER_RATE_TIMES = 10;
/** A message costs one unit of its session's rate, and one more for each of these bytes [WS3]. */
export const RATE_UNIT_BYTES = 4_096;
/** Bytes of a WebSocket message that is not `call:*` [WS3]. */
export const PLAIN_MESSAGE_BYTES = 8_192;
/** Messages of one connection that wait while one before them (a password check, say) is still being answered. */
export const WAITING_MESSAGES = 64;
/** Bytes of all of these together. */
export const WAITING_BYTES = 262_144;
/** The same, of a connection whose token is still being verified: it has shown nothing yet. */
export const EARLY_BYTES = 16_384;
/**
 * The SDK acknowledges each so many messages. The contract asks for each 32 [SE7]; where thousands of sessions are busy
 * at once, keeping fewer of each is worth a tenth of the server's time: they stay in the processor's cache.
 */
export const ACK_EVERY = 8;
/** Milliseconds of warning before an access token dies [SE6]. */
export const EXPIRY_WARNING_MS = 60_000;
/** Milliseconds over which a drain spreads the clients' return [SE8]. */
export const DRAIN_SPREAD_MS = 5_000;
/** Milliseconds between telling of a drain and closing, for load balancers to see it and requests to end [SE8]. */
export const DRAIN_NOTICE_MS = 1_000;
/** Milliseconds for writing sessions down; those that are not written by then are lost [SE8]. */
export const SNAPSHOT_MS = 4_000;
/** Milliseconds for the last frames to leave before connections are cut. */
export const CLOSING_MS = 1_000;
/** Milliseconds that a drain may take in all [SE8]. */
export const DRAIN_MS = 10_000;
/** Milliseconds of down time during which a suspended session's window stands still [SE8]. */
export const RESTART_GRACE_MS = 120_000;

/** Milliseconds that an access token lives [TK1]. */
export const ACCESS_TOKEN_MS = 900_000;
/** Milliseconds that a refresh token lives [TK5]. */
export const REFRESH_TOKEN_MS = 604_800_000;
/** Milliseconds after its first use in which an old refresh token still gets a fresh pair: the reply was lost [TK5]. */
export const REFRESH_GRACE_MS = 30_000;
/** Uses of refresh tokens per minute and login [TK5]. */
export const REFRESHES_PER_MINUTE = 30;
/** New guests of a network in a day: as many as `guestsPerMinute` allows in so many minutes, 12,000 by default. */
export const GUEST_MINUTES_A_DAY = 100;
/** Milliseconds by which clocks may differ: a token is good from so long before `nbf` to so long after `exp` [TK3]. */
export const CLOCK_LEEWAY_MS = 30_000;
/** Characters of an access token; a longer one is refused unread. */
export const TOKEN_CHARACTERS = 8_192;
/** Seconds that TURN credentials open new allocations. */
export const TURN_CREDENTIAL_SECONDS = 3_600;
/** Password hashes computed at once, on a machine with so many cores: each takes 32 MiB and one of Node's four threads. */
export const HASHES_AT_ONCE = 2;
/** Password hashes that wait for their turn; beyond them the request is refused. */
export const HASHES_WAITING = 64;
/** Rooms that one user may own at a time, and that a guest may. */
export const ROOMS_PER_OWNER = 1_000;
export const ROOMS_PER_GUEST = 50;
/** Rooms that one user may make in a minute; services may make more. */
export const ROOMS_PER_MINUTE = 120;
/** Of these, rooms of a guest for which the others of its network don't count; they come back one in 10 minutes. */
export const OWN_ROOMS = 5;
/** Rooms beyond these that all guests of a network may make in a minute together. */
export const ROOMS_PER_NETWORK = 120;
/** Rooms with a password, each of which costs a hash, that one user may make in a minute; services may make more. */
export const PASSWORD_ROOMS_PER_MINUTE = 10;

/** Rooms that are remembered after they were made or looked up; the oldest goes first. */
export const RECENT_ROOMS = 16_384;
/** Users banned from one room. */
export const BANS_PER_ROOM = 1_000;
/** People in a room. */
export const ROOM_MAX = { least: 2, most: 50, standard: 8 } as const;
/** Seconds that an empty room stays [RM5]: at most, by default, and by default if a service made it. */
export const EMPTY_SECONDS = { most: 86_400, standard: 86_400, service: 0 } as const;
/** Milliseconds that a room nobody ever entered stays [RM5]. */
export const UNUSED_ROOM_MS = 86_400_000;
/** Wrong room passwords per minute, by user and by network address (IPv6: /64) [RM7]. */
export const WRONG_PASSWORDS_PER_MINUTE = 10;
/** Of these, guesses a minute of a user that no neighbour can spend [RM7]. */
export const OWN_GUESSES_PER_MINUTE = 3;
/** Network addresses, users and tokens that one throttle remembers; the oldest goes first. */
export const THROTTLE_KEYS = 100_000;
/** Peers that one session is remembered to have a call with, for the hangup at its end [CA5]. */
export const CALL_COUNTERPARTS = 64;
/** Sessions of a user that a direct call rings. */
export const RINGING_SESSIONS = 10;

/** Characters (Unicode code points) of a password, of accounts and of rooms alike. */
export const PASSWORD_CHARACTERS = { least: 8, most: 128 } as const;
/** Characters of JSON text in `userInfo`. */
export const USER_INFO_CHARACTERS = 4_096;
/** Characters of a chat message. */
export const CHAT_CHARACTERS = 2_000;
/** Candidates in one `call:ice`. */
export const CANDIDATES = 256;

/** Permissions of one TURN allocation; RFC 8656 sets no bound. A call with one person needs one per candidate. */
export const TURN_PERMISSIONS = 128;
/** Channels of one TURN allocation. */
export const TURN_CHANNELS = 128;
/** Ports held for RESERVATION-TOKENs, each for 30 s; they count in their user's quota too. */
export const TURN_RESERVATIONS = 1_000;
/** TCP and TLS connections of TURN clients, in all. Above, the oldest stranger of the network with most of them goes. */
export const TURN_CONNECTIONS = 4_096;
/** The same of one network address (IPv6: /64): 36 people behind one NAT in calls of eight, with two stream URLs each. */
export const TURN_NETWORK_CONNECTIONS = 1_024;
/** The same without an allocation, as each is for its first round trips; above, the oldest of them goes. */
export const TURN_NETWORK_STRANGERS = 256;
/** Messages a second on a TURN connection without an allocation; above, it is closed. A client needs two or three. */
export const TURN_STRANGER_MESSAGES = 10;
/** Authenticated requests a second of one allocation; above, they are dropped as if lost on the way. */
export const TURN_REQUESTS = 250;
/** Milliseconds within which a TURN connection without an allocation must send a whole message. */
export const TURN_IDLE_CONNECTION_MS = 30_000;
/** Bytes of one message on a TURN connection that has no allocation; with one, what the length field can say. */
export const TURN_STRANGER_FRAME_BYTES = 2_048;
/**
 * Answers a second to one network address that has not authenticated, by UDP: so many to Binding and malformed requests, so
 * many challenges (401 and 438), so many 401s to wrong credentials.
 */
export const TURN_STRANGER_ANSWERS = 10;
/** The same for an address that has an allocation: people behind one NAT start theirs together. */
export const TURN_NEIGHBOUR_ANSWERS = 250;
/** Addresses share this many counters of answers, whatever the number of addresses. */
export const TURN_STRANGER_SLOTS = 65_536;
/** Users whose TURN credentials were revoked and are remembered; the oldest goes first. */
export const TURN_REVOCATIONS = 100_000;
/** Bytes that wait to be read by a TURN client on TCP or TLS; above, datagrams to it are dropped. */
export const TURN_WRITE_BYTES = 262_144;
/** The same beyond `TURN_WRITE_BYTES` for answers to requests: on a stream a client asks but once. */
export const TURN_ANSWER_BYTES = 65_536;
/** Addresses that the relay's sockets remember the text of: so many that sent, and so many that were sent to. */
export const TURN_SOCKET_NAMES = 4_096;
/** Bytes that wait to leave by one UDP socket of the relay, beyond what the kernel holds; above, datagrams are dropped. */
export const TURN_SEND_BYTES = 262_144;
