import { ParleyError } from './errors.ts';
import type { Identity } from './identity.ts';

/** [TK4] Whether a token is good in this room: a plain one is in any, one with a `room` claim in that room alone. */
export function isGoodIn({ room }: Identity, roomId: string): boolean {
  return room === null || room.id === roomId;
}

/** [TK4] */
export function oneRoomOnly(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This access token is for one room only. Use it there, or a token without a `room` claim here.',
  );
}

export function notInRoom(): ParleyError {
  return new ParleyError('not_in_room', 'join a room first');
}
