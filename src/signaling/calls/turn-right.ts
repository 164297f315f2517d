import type { Identity } from '../../domain/identity.ts';
import type { PeerId } from '../../domain/ids.ts';
import { isGoodIn } from '../../domain/scope.ts';
import type { HeldPlace } from '../live-rooms/held-places.ts';
import type { Session } from '../session/session.ts';
import { type DirectCalls, mayCallDirectly } from './direct-calls.ts';

/**
 * Which relay credentials an HTTP client may have: those of one of its sessions, which end with its call, or of a place that
 * is held for it; those of its login, for direct calls of a session that is still to come; or none, and only STUN.
 */
export type TurnRight =
  | { readonly kind: 'session'; readonly peerId: PeerId }
  | { readonly kind: 'login' }
  | { readonly kind: 'none' };

const NONE: TurnRight = Object.freeze({ kind: 'none' });
const LOGIN: TurnRight = Object.freeze({ kind: 'login' });

/**
 * [CA6] Relay credentials go only to users who are in a room, have a place in one or may make direct calls. A token for one room counts only
 * in that room.
 * @param sessions of the user. Only those of its own login count, so that a logout ends the credentials
 * @param places that are held for the user. Only those of its own login count here too
 * @param roomId the room that they are for: a session in that room comes first, because its credentials last as long
 */
export function turnRight(
  identity: Identity,
  sessions: readonly Session[],
  places: Iterable<HeldPlace>,
  directCalls: DirectCalls,
  roomId?: string,
): TurnRight {
  const own = sessions.filter((session) => session.identity.loginId === identity.loginId);
  const inRooms = own.filter(
    ({ participant }) => participant !== undefined && isGoodIn(identity, participant.room.roomId),
  );
  const held = [...places].filter(
    (place) => place.loginId === identity.loginId && isGoodIn(identity, place.roomId),
  );
  const peerId =
    inRooms.findLast(({ participant }) => participant?.room.roomId === roomId)?.peerId ??
    held.find((place) => place.roomId === roomId)?.id ??
    inRooms.at(-1)?.peerId ??
    held.at(-1)?.id;
  if (peerId !== undefined) return { kind: 'session', peerId };
  if (!mayCallDirectly(identity, directCalls)) return NONE;
  const newest = own.findLast(({ participant }) => participant === undefined);
  return newest === undefined ? LOGIN : { kind: 'session', peerId: newest.peerId };
}
