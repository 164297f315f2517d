import { ParleyError } from '../domain/errors.ts';
import type { Ids, RoomId, UserId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { sha256 } from '../lib/secrets.ts';
import type { InvitationRequest, RoomInvitation } from '../protocol/host-bodies.ts';
import type { Store } from '../store/contract.ts';
import type { RecentRooms } from './recent-rooms.ts';
import { RIGHTS_PER_ROOM, tooManyRights } from './rights.ts';

/** Max invitations of a room that can still be used. */
export const INVITATIONS_PER_ROOM = 50;
/** Max invitations of a room that are stored, with those that are used up: of these, the oldest make room. */
export const INVITATIONS_KEPT = 4 * INVITATIONS_PER_ROOM;

/** Invitations into rooms. Whoever has the secret comes in without the password, and has the invitation's rights [RM6]. */
export interface Invitations {
  /**
   * @returns the invitation's id and its secret, which isn't stored
   * @throws ParleyError `validation_failed` if it would have expired already; `limit_reached` beyond `INVITATIONS_PER_ROOM`
   */
  create(
    roomId: RoomId,
    request: InvitationRequest,
  ): Promise<{ readonly id: string; readonly secret: string }>;
  /** Those that haven't expired, used-up ones too, oldest first. */
  list(roomId: RoomId): Promise<RoomInvitation[]>;
  /** @throws ParleyError `not_found` */
  remove(roomId: RoomId, id: string): Promise<void>;
  /**
   * Gives the user the rights of the invitation with this secret, and uses it up, once per user.
   * @returns false if there is none, or it has expired or is used up
   * @throws ParleyError `limit_reached` if the room has given too many users rights
   */
  use(roomId: RoomId, userId: UserId, secret: string): Awaitable<boolean>;
}

interface InvitationsDeps {
  readonly recent: Pick<RecentRooms, 'forget'>;
  readonly store: Store['roomInvitations'];
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'unique' | 'secret'>;
}

const BOUNDS = { living: INVITATIONS_PER_ROOM, kept: INVITATIONS_KEPT };

export function createInvitations({ recent, store, clock, ids }: InvitationsDeps): Invitations {
  return {
    async create(roomId, { host = false, send, skipKnock = false, uses, expiresAt: until }) {
      const createdAt = clock.now();
      const expiresAt = until == null ? null : Date.parse(until);
      if (expiresAt !== null && expiresAt <= createdAt) throw inThePast();
      const id = ids.unique();
      const secret = ids.secret();
      const rights = { host, send: send ?? null, skipKnock };
      const about = { id, roomId, hash: sha256(secret), uses: uses ?? null, createdAt, expiresAt };
      if (!(await store.insert({ ...about, ...rights }, BOUNDS))) throw tooMany();
      return { id, secret };
    },

    async list(roomId) {
      const rows = await store.list(roomId, clock.now());
      return rows.map(({ send, createdAt, expiresAt, ...row }) => ({
        ...row,
        send: send === null ? null : [...send],
        createdAt: isoTime(createdAt),
        expiresAt: expiresAt === null ? null : isoTime(expiresAt),
      }));
    },

    async remove(roomId, id) {
      if (await store.remove(roomId, id)) return;
      throw new ParleyError(
        'not_found',
        'There is no such invitation. GET /rooms/<roomId>/invitations lists all.',
      );
    },

    use(roomId, userId, secret) {
      const attempt = { roomId, userId, hash: sha256(secret), now: clock.now() };
      return andThen(store.use(attempt, RIGHTS_PER_ROOM), (outcome) => {
        if (outcome === 'full') throw tooManyRights();
        if (outcome === 'used') recent.forget(roomId);
        return outcome !== 'refused';
      });
    },
  };
}

function inThePast(): ParleyError {
  const message = 'must be in the future';
  return new ParleyError('validation_failed', `\`expiresAt\` ${message}.`, {
    errors: [{ path: 'expiresAt', message }],
  });
}

function tooMany(): ParleyError {
  return new ParleyError(
    'limit_reached',
    `This room has ${INVITATIONS_PER_ROOM} invitations that can be used. Delete one that isn't needed any more.`,
    { limit: 'room_invitations' },
  );
}
