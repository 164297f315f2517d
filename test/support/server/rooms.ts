import { NOTHING_GRANTED } from '../../../src/domain/room-rights.ts';
import { SEND_KINDS } from '../../../src/protocol/room-fields.ts';
import type { RoomFacts } from '../../../src/signaling/hub.ts';
import type { NewRoom } from '../../../src/store/contract.ts';

/** What a room is if nobody has said otherwise. */
const PLAIN = {
  name: null,
  ownerId: null,
  max: 8,
  locked: false,
  persistent: false,
  listed: false,
  waitingRoom: false,
  chat: 'all',
  relayOnly: false,
  notBefore: null,
  expiresAt: null,
  endAtExpiry: false,
  emptySeconds: 86_400,
  metadata: null,
} as const;

/** The settings of a row that a test doesn't care about. */
export const PLAIN_ROW = { ...PLAIN, passwordHash: null } satisfies Partial<NewRoom>;

/** The settings of a room that a test doesn't care about. */
export const PLAIN_ROOM = { ...PLAIN, hasPassword: false } satisfies Partial<RoomFacts>;

/** What a participant may do if nobody has said otherwise. */
export const NO_RIGHTS = {
  host: false,
  send: SEND_KINDS,
  skipsKnock: false,
  granted: NOTHING_GRANTED,
} as const;
