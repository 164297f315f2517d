import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';

/** Who runs a room [RM6]: its owner, a backend with the role `service`, or a token that says so for this room [TK4]. */
export function mayModerate(
  { userId, role, room: opened }: Identity,
  room: { readonly id: string; readonly ownerId: UserId | null },
): boolean {
  if (opened !== null && opened.id !== room.id) return false;
  return role === 'service' || opened?.admin === true || userId === room.ownerId;
}
