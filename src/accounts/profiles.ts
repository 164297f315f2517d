import type { Profile } from '../domain/identity.ts';
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
 * Profiles of users whose tokens were verified recently. Reading them never waits for the store. A session
 * keeps a reference to its user's profile, so it keeps its names if the profile is forgotten here.
 */
export class Profiles {
  readonly #byUser = new BoundedMap<UserId, Profile>(PROFILES);

  /** Reads memory only. */
  get(userId: UserId): Profile | undefined {
    return this.#byUser.get(userId);
  }

  /** Remembers the profile of a user as it is stored now. */
  remember(row: UserRow): void {
    this.#byUser.set(row.id, profileOf(row));
  }

  /** The user changed or is gone: the next verification reads the store. */
  forget(userId: UserId): void {
    this.#byUser.delete(userId);
  }

  get size(): number {
    return this.#byUser.size;
  }
}

/** SQLite makes a new string for each row; all profiles share these. */
const kinds = new Map(UserKind.options.map((kind) => [kind, kind]));
const statuses = new Map(UserStatus.options.map((status) => [status, status]));

/** A user as the user itself and admins see it. */
export function fullUserOf(row: UserRow): FullUser {
  return { ...profileOf(row), email: row.email, role: row.role };
}

/** A user as others see it: without `email` and `role`. */
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
