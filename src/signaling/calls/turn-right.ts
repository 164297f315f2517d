import type { Identity } from '../../domain/identity.ts';
import type { PeerId } from '../../domain/ids.ts';
import type { Session } from '../session/session.ts';
import { type DirectCalls, mayCallDirectly } from './direct-calls.ts';

/**
 * Whose relay credentials a caller over HTTP may have: those of one of its sessions, which end with its call; those of
 * its login, for direct calls of a session that is still to come; or none, and STUN alone.
 */
export type TurnRight =
  | { readonly kind: 'session'; readonly peerId: PeerId }
  | { readonly kind: 'login' }
  | { readonly kind: 'none' };

const NONE: TurnRight = Object.freeze({ kind: 'none' });
const LOGIN: TurnRight = Object.freeze({ kind: 'login' });

/**
 * [CA6] Relay credentials go only to who is inside a room or may make direct calls. A token for one room is inside only
 * in that room.
 * @param sessions those of the caller's user; only its own login's count, so that its logout ends the credentials
 * @param roomId the room that they are asked for: of several sessions the one inside it, so that they last while it is
 */
export function turnRight(
  identity: Identity,
  sessions: readonly Session[],
  directCalls: DirectCalls,
  roomId?: string,
): TurnRight {
  const own = sessions.filter((session) => session.identity.loginId === identity.loginId);
  const allInside = own.filter(({ membership }) => {
    if (membership === undefined) return false;
    return identity.room === null || identity.room.id === membership.room.roomId;
  });
  const inside =
    allInside.findLast(({ membership }) => membership?.room.roomId === roomId) ?? allInside.at(-1);
  if (inside !== undefined) return { kind: 'session', peerId: inside.peerId };
  if (!mayCallDirectly(identity, directCalls)) return NONE;
  const newest = own.findLast(({ membership }) => membership === undefined);
  return newest === undefined ? LOGIN : { kind: 'session', peerId: newest.peerId };
}
