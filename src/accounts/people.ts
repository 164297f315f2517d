import type * as v from 'valibot';
import type { Publisher } from '../domain/events.ts';
import type { Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';
import { noSuchUser, notForGuests } from '../domain/refusals.ts';
import type { Clock } from '../lib/clock.ts';
import { changedMeanwhile, entityTag, isMatch } from '../lib/entity-tags.ts';
import { createThrottle, perMinute, rateLimited } from '../lib/throttle.ts';
import type { FullUser } from '../protocol/bodies.ts';
import type { ProfileRequest, SeenUser, StatusRequest, UsersQuery, UsersReply } from '../protocol/users.ts';
import type { Store, UserRow } from '../store/contract.ts';
import { fullUserOf } from './profiles.ts';
import { cursorOf, placeOf } from './user-cursors.ts';
import { usernameTaken } from './users.ts';

/** Changes of profiles and statuses that one user may ask for in a minute; others may be told of each. */
export const PROFILE_CHANGES_PER_MINUTE = 120;

/** A user with the entity tag of its profile [HT8]. */
interface Tagged<User> {
  readonly user: User;
  readonly tag: string;
}

/** Users as others find them, and what they say of themselves. */
export interface People {
  /**
   * A page of the registered and external users whose username or display name begins with `q` [HT4].
   * @throws ParleyError `forbidden` for guests; `validation_failed` for a cursor of another list
   */
  list(reader: Identity, query: v.InferOutput<typeof UsersQuery>): Promise<v.InferOutput<typeof UsersReply>>;
  /** @throws ParleyError `forbidden` for guests; `user_not_found` */
  get(reader: Identity, id: string): Promise<Tagged<SeenUser>>;
  /**
   * Changes a profile. Whether the actor may do so is decided before.
   * @param ifMatch the header's value: which versions of the profile may be changed; undefined for any
   * @throws ParleyError `user_not_found`, `precondition_failed`, `username_taken`, `rate_limited`
   */
  edit(
    actor: Identity,
    id: string,
    request: ProfileRequest,
    ifMatch: string | undefined,
  ): Promise<Tagged<FullUser>>;
  /** Sets the status that others see while the user has a session [AC4]. @throws ParleyError `rate_limited` */
  setStatus(user: Identity, request: StatusRequest): Promise<FullUser>;
}

interface PeopleDeps {
  readonly users: Pick<Store['users'], 'find' | 'edit' | 'setStatus'>;
  readonly lists: Store['userLists'];
  readonly isOnline: (userId: UserId) => boolean;
  readonly clock: Clock;
  readonly events: Publisher;
}

export function createPeople({ users, lists, isOnline, clock, events }: PeopleDeps): People {
  const changes = createThrottle({ clock, rate: perMinute(PROFILE_CHANGES_PER_MINUTE) });

  function countChange({ userId }: Identity): void {
    const retryAfterMs = changes.take(userId);
    if (retryAfterMs > 0) throw rateLimited('profile_changes', 'changes of profiles', retryAfterMs);
  }

  const publishChange = (userId: UserId): void => events.publish('user.changed', { userId });
  const show = (row: UserRow): FullUser => fullUserOf(row, isOnline(row.id));

  /** The user without what only itself and admins may know. */
  function showOthers(row: UserRow): SeenUser {
    const { email, role, ...seen } = show(row);
    return seen;
  }

  return {
    async list(reader, { limit, after, q }) {
      if (reader.kind === 'guest') throw notForGuests();
      const place = after === undefined ? null : placeOf(after, q);
      const { users: page, next } = await lists.page({ prefix: q, after: place, limit });
      const items = page.map(isAdmin(reader) ? show : showOthers);
      return { items, nextCursor: next && cursorOf(next) };
    },

    async get(reader, id) {
      if (reader.kind === 'guest') throw notForGuests();
      const row = await users.find(id);
      if (row === undefined) throw noSuchUser();
      const seesAll = isAdmin(reader) || reader.userId === row.id;
      return { user: seesAll ? show(row) : showOthers(row), tag: tagOf(row) };
    },

    async edit(actor, id, request, ifMatch) {
      countChange(actor);
      const isExpected = (row: UserRow): boolean => ifMatch === undefined || isMatch(ifMatch, tagOf(row));
      const edited = await users.edit(id, request, isExpected);
      if (edited === undefined) throw noSuchUser();
      if (edited === 'unexpected') throw changedMeanwhile();
      if (edited === 'username_taken') throw usernameTaken(request.username ?? null);
      const { before, after } = edited;
      if (before !== after) publishChange(after.id);
      return { user: show(after), tag: tagOf(after) };
    },

    async setStatus(user, { status, customStatus }) {
      countChange(user);
      const said = await users.setStatus(user.userId, status, customStatus);
      if (said === undefined) throw noSuchUser();
      if (said.before !== said.after) publishChange(user.userId);
      return show(said.after);
    },
  };
}

function isAdmin({ role }: Identity): boolean {
  return role === 'admin';
}

/** The entity tag of a user follows the fields that PATCH sets, and nothing else [HT8]. */
function tagOf({ username, displayName, bio, avatarUrl }: UserRow): string {
  return entityTag([username, displayName, bio, avatarUrl]);
}
