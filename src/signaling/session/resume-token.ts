import { hash, timingSafeEqual } from 'node:crypto';
import type { PeerId, ResumeToken } from '../../domain/ids.ts';
import type { Session } from './session.ts';

/** Format of the tokens below. Those of the build before had none: `<secret><peerId>`. They stay good over an update. */
const VERSION = '1';
/** The node that has the session. There is only one so far. */
const NODE = '0';
/** Characters of a peerId, a UUID. */
const PEER_ID = 36;

/**
 * @param secret 256 random bits, base64url
 * @returns `<version>.<node>.<secret><peerId>`, which resumes the session of this peer [SE5]. Opaque to clients
 */
export function resumeToken(secret: string, peerId: PeerId): ResumeToken {
  return `${VERSION}.${NODE}.${secret}${peerId}` as ResumeToken;
}

/** The peer whose session a token of any version would resume, if it is good. */
export function peerIdOf(token: string): string {
  return token.slice(-PEER_ID);
}

/** The token's SHA-256, base64url: neither memory nor a snapshot holds a token itself. */
export function resumeKey(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Whether the token with this key resumes the session. */
export function opens(key: string, { resumeKey, previousResumeKey }: Session): boolean {
  return isSame(key, resumeKey) || (previousResumeKey !== undefined && isSame(key, previousResumeKey));
}

function isSame(key: string, kept: string): boolean {
  return key.length === kept.length && timingSafeEqual(Buffer.from(key), Buffer.from(kept));
}
