import type { Identity } from './identity.ts';
import type { UserId } from './ids.ts';

/** Whether a token is good in this room: one with a `room` claim is in that room only, any other is everywhere [TK4]. */
export function isGoodIn({ room }: Identity, roomId: string): boolean {
  return room === null || room.id === roomId;
}

/** The roles of identities that run every room. */
const HOST_ROLES: ReadonlySet<string | null> = new Set(['service', 'admin']);

/**
 * Whether one runs a room [RM6]: its owner, a backend with the role `service`, a user with the role `admin`, or a token with
 * `admin` for it [TK4].
 */
export function mayModerate(
  identity: Identity,
  room: { readonly id: string; readonly ownerId: UserId | null },
): boolean {
  const { userId, role, room: opened } = identity;
  if (!isGoodIn(identity, room.id)) return false;
  return HOST_ROLES.has(role) || opened?.admin === true || userId === room.ownerId;
}
