import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { RoomId } from '../domain/ids.ts';
import { banned, noSuchRoom, oneRoomOnly } from '../domain/refusals.ts';
import { isGoodIn, mayModerate } from '../domain/scope.ts';
import type { Client } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import { SEND_KINDS, type SendKind } from '../protocol/room-fields.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store } from '../store/contract.ts';
import { turnOf } from './creations.ts';
import type { KnownRoom, RecentRooms, RoomRecord } from './recent-rooms.ts';
import type { Removals } from './removals.ts';
import type { RoomPasswords } from './room-passwords.ts';

/** Somebody who wants to join a room. */
export interface JoinAttempt {
  readonly roomId: RoomId;
  readonly identity: Identity;
  /** Asked for the identity after a wait: a resume may have brought another token meanwhile. Default: `identity` stays. */
  readonly bearer?: { readonly identity: Identity };
  readonly password: string | undefined;
  /** Wrong passwords are counted for its network [RM7]. */
  readonly client: Client;
  /** Whether a host lets in somebody who has waited: lock, password and waiting room were passed before [KN5]. */
  readonly hasWaited?: boolean;
}

/** A room that somebody may enter, and as what. */
export interface Admitted {
  readonly room: RoomRecord;
  /** Whether the newcomer may run the room [RM6]. */
  readonly host: boolean;
  readonly send: readonly SendKind[];
  /** Whether a host has to let the newcomer in [KN1]. */
  readonly mustKnock: boolean;
}

/**
 * Returns what this user may enter, and as what; a promise only if a password has to be hashed, or the store answers later.
 * Doesn't check the capacity, which `Hub.enter` does. For a user with a suspended session in the room, neither lock nor
 * password is checked [RM8].
 * @throws ParleyError, the first of these that applies [RM1]: `room_not_found`, `forbidden` (a token for another
 *   room [TK4]), `banned`, `room_locked` [RM6], `password_required`, `wrong_password`, `rate_limited` [RM7]
 */
export type Admit = (attempt: JoinAttempt) => Awaitable<Admitted>;

interface AdmissionDeps {
  readonly recent: RecentRooms;
  readonly removals: Pick<Removals, 'has'>;
  readonly bans: Pick<Store['bans'], 'has'>;
  readonly passwords: Pick<RoomPasswords, 'isRight'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'isAway' | 'membersOf'>;
  readonly knocks: Pick<Hub['knocks'], 'isWaiting'>;
}

/** Decides who may enter a room [RM1]. */
export function createAdmission({
  recent,
  removals,
  bans,
  passwords,
  liveRooms,
  knocks,
}: AdmissionDeps): Admit {
  /** Whether lock and password were passed by a session that is away, or by the knock of somebody who waits. */
  const hasPassed = ({ roomId, identity: { userId }, hasWaited }: JoinAttempt): boolean =>
    hasWaited === true || liveRooms.isAway(roomId, userId) || knocks.isWaiting(userId, roomId);

  const isInside = ({ roomId, identity }: JoinAttempt): boolean =>
    liveRooms.membersOf(roomId).some(({ userId }) => userId === identity.userId);

  /** @throws ParleyError `room_not_found`, `forbidden`, `banned`, `room_locked` */
  function findOpen(attempt: JoinAttempt): Awaitable<KnownRoom> {
    return andThen(recent.find(attempt.roomId), (room) => {
      if (room === undefined || removals.has(attempt.roomId)) throw noSuchRoom();
      if (!isGoodIn(attempt.identity, attempt.roomId)) throw oneRoomOnly();
      if (!room.hasBans) return checkLock(room, attempt);
      return andThen(bans.has(attempt.roomId, attempt.identity.userId), (isBanned) => {
        if (isBanned) throw banned();
        return checkLock(room, attempt);
      });
    });
  }

  /** @throws ParleyError `room_locked` */
  function checkLock(room: KnownRoom, attempt: JoinAttempt): KnownRoom {
    if (room.record.locked && !mayModerate(attempt.identity, room.record) && !hasPassed(attempt)) {
      throw new ParleyError('room_locked', 'This room is locked. Ask somebody inside to open it.');
    }
    return room;
  }

  /** @throws ParleyError `wrong_password`, `rate_limited`, and what `findOpen` throws after the wait */
  async function admitByPassword(attempt: JoinAttempt, password: string, hash: string): Promise<Admitted> {
    const stored = { roomId: attempt.roomId, passwordHash: hash };
    if (!(await passwords.isRight(password, stored, turnOf(attempt)))) {
      throw new ParleyError('wrong_password', "This is not the room's password. Try again.");
    }
    const current = { ...attempt, identity: (attempt.bearer ?? attempt).identity };
    const room = await findOpen(current);
    if (room.passwordHash === null || room.passwordHash === hash) return admitted(room, current);
    // The password was changed while this one was hashed.
    return admitByPassword(current, password, room.passwordHash);
  }

  return (attempt) => {
    const { identity, password } = attempt;
    return andThen(findOpen(attempt), (room): Awaitable<Admitted> => {
      if (room.passwordHash === null || identity.room !== null) return admitted(room, attempt);
      if (hasPassed(attempt)) return admitted(room, attempt);
      if (password !== undefined) return admitByPassword(attempt, password, room.passwordHash);
      throw new ParleyError('password_required', 'This room has a password. Send it along.');
    });
  };

  function admitted({ record }: KnownRoom, attempt: JoinAttempt): Admitted {
    const { identity, hasWaited } = attempt;
    const host = mayModerate(identity, record);
    const skipsKnock = host || identity.room?.skipKnock === true || hasWaited === true;
    const mustKnock = record.waitingRoom && !skipsKnock && !isInside(attempt);
    return { room: record, host, send: identity.room?.send ?? SEND_KINDS, mustKnock };
  }
}
