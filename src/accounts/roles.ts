import { ParleyError } from '../domain/errors.ts';
import type { Publisher } from '../domain/events.ts';
import type { UserId } from '../domain/ids.ts';
import { noSuchUser } from '../domain/refusals.ts';
import type { FullUser } from '../protocol/bodies.ts';
import type { UserRole } from '../protocol/fields.ts';
import type { Store } from '../store/contract.ts';
import { fullUserOf } from './profiles.ts';

/** Who runs the server: given and taken by admins [AD3]. */
export interface Roles {
  /**
   * Gives a user the role of an admin, or takes it with null. It counts from this moment, for open sessions too. Nothing
   * happens if the user has it already, or hasn't.
   * @throws ParleyError `user_not_found`; `forbidden` for a guest; `last_admin`
   */
  set(userId: string, role: UserRole | null): Promise<FullUser>;
}

interface RolesDeps {
  readonly admins: Pick<Store['admins'], 'setRole'>;
  readonly isOnline: (userId: UserId) => boolean;
  readonly events: Publisher;
}

export function createRoles({ admins, isOnline, events }: RolesDeps): Roles {
  return {
    async set(id, role) {
      const edited = await admins.setRole(id, role);
      if (edited === undefined) throw noSuchUser();
      if (edited === 'guest') throw notForGuests();
      if (edited === 'last_admin') throw lastAdmin();
      const { before, after } = edited;
      if (before !== after) events.publish('user.changed', { userId: after.id });
      return fullUserOf(after, isOnline(after.id));
    },
  };
}

function notForGuests(): ParleyError {
  return new ParleyError('forbidden', "A guest can't be an admin. Let the guest register first.");
}

function lastAdmin(): ParleyError {
  return new ParleyError('last_admin', 'This is the last admin. Make another user an admin first.');
}
