import { randomFillSync } from 'node:crypto';
import { nanoid } from 'nanoid';
import { uuidFrom } from './uuid.ts';

/** Public: the face of a session that other people see. A lower-case UUID. */
export type PeerId = string & { readonly brand: 'PeerId' };
/** Public: a lower-case UUID. */
export type RoomId = string & { readonly brand: 'RoomId' };
/** Public: 21 characters of `[A-Za-z0-9_-]` for our own users, a token's `sub` for an external one. */
export type UserId = string & { readonly brand: 'UserId' };
/** Secret: whoever holds it takes the session over. Never logged. See signaling/resume-token.ts. */
export type ResumeToken = string & { readonly brand: 'ResumeToken' };

/** Where identifiers and secrets come from; a test passes one that counts. */
export interface Ids {
  peerId(): PeerId;
  roomId(): RoomId;
  userId(): UserId;
  /** 256 random bits as base64url, 43 characters. */
  secret(): string;
  /** A short unique id (21 characters) for logins, tokens and messages. */
  unique(): string;
}

/** Random bytes that nobody has seen yet: the system is asked for many at once, a request costing more than they do. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** @returns where they stand in the pool */
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
