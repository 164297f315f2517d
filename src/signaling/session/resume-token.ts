import { hash, timingSafeEqual } from 'node:crypto';
import type { PeerId, ResumeToken } from '../../domain/ids.ts';
import type { Session } from './session.ts';

/** Characters of a peerId, a UUID. */
const PEER_ID = 36;

/** @param secret 256 random bits. @returns what takes the session over [SE5], and tells by itself whose it is */
export function resumeToken(secret: string, peerId: PeerId): ResumeToken {
  return `${secret}${peerId}` as ResumeToken;
}

/** Whose session a token would take over, if it is good. */
export function peerIdOf(token: string): string {
  return token.slice(-PEER_ID);
}

/** SHA-256: neither memory nor a snapshot holds what takes a session over. */
export function resumeKey(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Whether the token of this key takes the session over. */
export function opens(key: string, { resumeKey, previousResumeKey }: Session): boolean {
  return isSame(key, resumeKey) || (previousResumeKey !== undefined && isSame(key, previousResumeKey));
}

function isSame(key: string, kept: string): boolean {
  return key.length === kept.length && timingSafeEqual(Buffer.from(key), Buffer.from(kept));
}
