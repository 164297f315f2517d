import { type Standing, withStanding } from '../../domain/identity.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Members } from '../live-rooms/participant.ts';
import { looksOther, tellStatus } from '../live-rooms/user-status.ts';
import type { Registry } from '../session/registry.ts';

/**
 * Gives all sessions of a user its stored kind, role and profile, and tells a new status to those who are in a room with
 * the user [AC4]. A new role may make it a host, or no host any more [RM6].
 */
export function updateUser(registry: Registry, userId: UserId, standing: Standing): void {
  const { profile } = standing;
  const rooms = new Set<Members>();
  for (const session of registry.ofUser(userId)) {
    const before = session.profile;
    const rights = session.participant?.rights();
    session.identity = withStanding(session.identity, standing);
    session.profile = profile;
    session.participant?.tellRightsSince(rights);
    if (session.participant !== undefined && looksOther(before, profile)) rooms.add(session.participant.room);
  }
  if (rooms.size > 0) tellStatus(profile, rooms);
}
