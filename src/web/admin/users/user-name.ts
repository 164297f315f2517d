import type { SeenUser } from '../../../client/admin.ts';

/** Returns the name that a user is known by; `unnamed` for one who has given none. */
export function nameOf({ displayName, username, email }: SeenUser, unnamed: string): string {
  return displayName ?? username ?? email ?? unnamed;
}
