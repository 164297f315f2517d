import { ParleyError } from './errors.ts';
import type { Identity } from './identity.ts';
import type { UserId } from './ids.ts';

/** Whether a token is good in this room: one with a `room` claim is in that room only, any other is everywhere [TK4]. */
export function isGoodIn({ room }: Identity, roomId: string): boolean {
  return room === null || room.id === roomId;
}

/** Whether one runs a room [RM6]: its owner, a backend with the role `service`, or a token with `admin` for it [TK4]. */
export function mayModerate(
  identity: Identity,
  room: { readonly id: string; readonly ownerId: UserId | null },
): boolean {
  const { userId, role, room: opened } = identity;
  if (!isGoodIn(identity, room.id)) return false;
  return role === 'service' || opened?.admin === true || userId === room.ownerId;
}

/** @returns the refusal of a token that is good in another room only [TK4] */
export function oneRoomOnly(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This access token is for one room only. Use it there, or a token without a `room` claim here.',
  );
}

/** @returns the refusal of a join while in a room */
export function alreadyInRoom(): ParleyError {
  return new ParleyError('already_in_room', 'Leave the room that you are in first.');
}

/** @returns the refusal of what only somebody in a room can do */
export function notInRoom(): ParleyError {
  return new ParleyError('not_in_room', 'Join a room first.');
}

/** @returns the refusal of what is meant for a peer that has left, or whom the caller may not know of [CA4] */
export function peerGone(): ParleyError {
  return new ParleyError('peer_gone', 'This peer has left, or is in another room.');
}
