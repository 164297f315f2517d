import type { Identity } from './identity.ts';
import type { UserId } from './ids.ts';
import { type Granted, grant, isHost } from './room-rights.ts';

/** Whether a token is good in this room: one with a `room` claim is in that room only, any other is everywhere [TK4]. */
export function isGoodIn({ room }: Identity, roomId: string): boolean {
  return room === null || room.id === roomId;
}

/**
 * Whether one runs a room [RM6].
 * @param stored what the room grants the user besides what its token says
 */
export function mayModerate(
  identity: Identity,
  room: { readonly id: string; readonly ownerId: UserId | null },
  stored?: Pick<Granted, 'host' | 'send'>,
): boolean {
  return isGoodIn(identity, room.id) && isHost(identity, grant(identity.userId === room.ownerId, stored));
}
