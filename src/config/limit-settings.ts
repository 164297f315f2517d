import { limit } from './values.ts';

const DAY_MS = 86_400_000;
const GIB = 1_073_741_824;

/** The limits that clients can run into and that an operator can change; their defaults are in `protocol/limits.ts`. */
export const LIMIT_VARIABLES = {
  MESSAGE_BYTES: limit('messageBytes', 1_024, 16_777_216, 'bytes', 'max size of one WebSocket message'),
  MESSAGES_PER_SECOND: limit(
    'messagesPerSecond',
    1,
    1_000_000,
    '1/s',
    'messages that a session may send in the long run',
  ),
  MESSAGE_BURST: limit('messageBurst', 1, 1_000_000, '', 'messages that a session may send at once'),
  SESSIONS_PER_USER: limit('sessionsPerUser', 1, 1_000_000, '', 'max live sessions of a user'),
  SIGN_INS_PER_MINUTE: limit(
    'signInsPerMinute',
    1,
    1_000_000,
    '1/min',
    'tries to register or sign in, per network address (IPv6: /64)',
  ),
  GUESTS_PER_MINUTE: limit(
    'guestsPerMinute',
    1,
    1_000_000,
    '1/min',
    'new guests per network address (IPv6: /64); per day, 100 times as many',
  ),
  RESUME_WINDOW_MS: limit('resumeWindowMs', 0, DAY_MS, 'ms', 'how long a lost session waits to be resumed'),
  HEARTBEAT_MS: limit('heartbeatMs', 100, DAY_MS, 'ms', "interval of the server's pings"),
  KEPT_MESSAGES: limit(
    'keptMessages',
    1,
    1_000_000,
    '',
    'max messages kept for a session until acknowledged',
  ),
  KEPT_BYTES: limit(
    'keptBytes',
    1_024,
    GIB,
    'bytes',
    'max size of all messages kept for a session until acknowledged',
  ),
  BACKPRESSURE_BYTES: limit(
    'backpressureBytes',
    65_536,
    GIB,
    'bytes',
    'unsent bytes at which a connection is closed as too slow',
  ),
} as const;
