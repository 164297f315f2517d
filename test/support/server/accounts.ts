import type { Identity, Profile } from '../../../src/domain/identity.ts';
import { type RoomId, randomIds, type UserId } from '../../../src/domain/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createPasswords } from '../../../src/lib/passwords.ts';
import { NO_SUBSCRIBERS } from '../fakes/events.ts';

/** At least 32 bytes, as JWT_SECRET must be. */
export const SECRET = 'a shared secret for tests, of more than 32 bytes';

/** Password hashes that cost almost nothing. */
export const cheapPasswords = () => createPasswords({ cost: { ln: 4, r: 1, p: 1 } });

/** What accounts need besides a store, keys and a clock, if no other issuer is trusted. */
export const PLAIN = {
  issuer: 'parley',
  audience: 'parley',
  trusted: undefined,
  ids: randomIds,
  log: silentLog,
  isOnline: () => true,
  events: NO_SUBSCRIBERS,
  limitHits: { hit: () => {} },
  signIns: { count: () => {} },
  registrationPolicy: 'open',
  takesGuests: true,
  passwords: cheapPasswords(),
} as const;

/** A guest with a login, unless told otherwise. */
export function identity(id: string, over: Partial<Identity> & { roomId?: RoomId } = {}): Identity {
  const { roomId, ...rest } = over;
  return {
    userId: id as UserId,
    kind: 'guest',
    loginId: `login of ${id}`,
    expiresAt: Date.parse('2026-01-01T00:15:00Z'),
    role: null,
    claimedRole: over.role ?? null,
    room:
      roomId === undefined
        ? null
        : { id: roomId, admin: false, name: null, send: null, skipKnock: false, issuedAt: null },
    ...rest,
  };
}

/** The profile of a guest whose username is its id, unless told otherwise. */
export function profile(id: UserId, over: Partial<Profile> = {}): Profile {
  return {
    id,
    username: id,
    displayName: null,
    kind: 'guest',
    status: 'online',
    customStatus: null,
    avatarUrl: null,
    bio: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}
