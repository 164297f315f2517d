import type { AccountUser, UserStatus } from '../../client/index.ts';
import type { Prefs } from '../prefs.ts';

/**
 * The status that a person last said. The server tells it only while they have a session, and calls them offline otherwise
 * [AC4], so this browser remembers what was said in it. What was said on another device shows during the next call.
 */

type Person = Pick<AccountUser, 'id' | 'status'>;

export const STATUSES = ['online', 'idle', 'dnd', 'offline'] as const satisfies readonly UserStatus[];

export function lastStatusOf({ id, status }: Person, prefs: Prefs): UserStatus {
  if (status !== 'offline') return status;
  const [whose, said] = prefs.get('status').split(' ');
  return (whose === id && STATUSES.find((name) => name === said)) || 'online';
}

/** Remembers the last person's alone, so that a shared browser keeps no list of who has used it. */
export function rememberStatus({ id }: Person, said: UserStatus, prefs: Prefs): void {
  prefs.set('status', `${id} ${said}`);
}
