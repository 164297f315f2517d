import type { Profile, Standing } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { FullUser } from '../protocol/bodies.ts';
import { UserKind, UserStatus } from '../protocol/fields.ts';
import type { UserRow } from '../store/contract.ts';
import { VERIFIED_TOKENS } from './verified-tokens.ts';

/**
 * Max profiles in memory. Each verification adds its user's, so with as many profiles as tokens no profile goes before
 * the last remembered token of its user.
 */
export const PROFILES = VERIFIED_TOKENS;

/**
 * Profiles and roles of users whose tokens were verified recently. Reading them never waits for the store. A session
 * keeps a reference to its user's profile, so it keeps its names if the profile is forgotten here.
 */
export class Profiles {
  readonly #byUser = new BoundedMap<UserId, Standing>(PROFILES);
  /** Counts calls of `forget`: what the store was asked before one may be outdated. */
  #forgotten = 0;

  /** Reads memory only. */
  get(userId: UserId): Profile | undefined {
    return this.#byUser.get(userId)?.profile;
  }

  /** Reads memory only. */
  standing(userId: UserId): Standing | undefined {
    return this.#byUser.get(userId);
  }

  /** Remembers a user as it is stored now. */
  remember(row: UserRow): void {
    this.#byUser.set(row.id, standingOf(row));
  }

  /** The user changed or is gone: the next verification reads the store. */
  forget(userId: UserId): void {
    this.#forgotten += 1;
    this.#byUser.delete(userId);
  }

  /** A row that was read while this number was another may be outdated. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get size(): number {
    return this.#byUser.size;
  }
}

/** SQLite makes a new string for each row; all profiles share these. */
const kinds = new Map(UserKind.options.map((kind) => [kind, kind]));
const statuses = new Map(UserStatus.options.map((status) => [status, status]));

/** A user as the user itself and admins see it. @param isOnline whether it has a session */
export function fullUserOf(row: UserRow, isOnline: boolean): FullUser {
  return { ...withPresence(profileOf(row), isOnline), email: row.email, role: row.role };
}

export function standingOf(row: UserRow): Standing {
  return { profile: profileOf(row), role: row.role };
}

/** [AC4] Without a session a user is offline, whatever it said. */
export function withPresence(profile: Profile, isOnline: boolean): Profile {
  return isOnline ? profile : { ...profile, status: 'offline' };
}

/** A user as others see it: without `email` and `role`. `status` is the last one that the user said. */
export function profileOf(row: UserRow): Profile {
  return {
    id: row.id,
    kind: kinds.get(row.kind) ?? row.kind,
    username: row.username,
    displayName: row.displayName,
    status: statuses.get(row.status) ?? row.status,
    customStatus: row.customStatus,
    avatarUrl: row.avatarUrl,
    bio: row.bio,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
