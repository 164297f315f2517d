import { randomFillSync } from 'node:crypto';
import { nanoid } from 'nanoid';
import { uuidFrom } from './uuid.ts';

/** Public id of a session, which other people see: a lower-case UUID. */
export type PeerId = string & { readonly brand: 'PeerId' };
/** Public id of a room: a lower-case UUID. */
export type RoomId = string & { readonly brand: 'RoomId' };
/** Public id of a user: 21 characters of `[A-Za-z0-9_-]` for our own users, a token's `sub` for external ones. */
export type UserId = string & { readonly brand: 'UserId' };
/** Secret: its bearer can take the session over. Never logged. See signaling/session/resume-token.ts. */
export type ResumeToken = string & { readonly brand: 'ResumeToken' };

/** The source of ids and secrets; tests pass one that counts. */
export interface Ids {
  peerId(): PeerId;
  roomId(): RoomId;
  userId(): UserId;
  /** 256 random bits as base64url, 43 characters. */
  secret(): string;
  /** A short unique id (21 characters) for logins, tokens and messages. */
  unique(): string;
}

/** Unused random bytes, fetched from the system in bulk because each request costs more than the bytes. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Returns the position of unused random bytes in the pool. */
function nextRandom(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}

export const randomIds: Ids = Object.freeze({
  peerId: () => uuidFrom(pool, nextRandom(16)) as PeerId,
  roomId: () => uuidFrom(pool, nextRandom(16)) as RoomId,
  userId: () => nanoid() as UserId,
  secret() {
    const from = nextRandom(32);
    return pool.toString('base64url', from, from + 32);
  },
  unique: () => nanoid(),
});
