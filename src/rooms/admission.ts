import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { banned, noSuchRoom, oneRoomOnly, roomIsOver } from '../domain/refusals.ts';
import { type Granted, grant, isHost, isHostForGood, sendRights } from '../domain/room-rights.ts';
import { isGoodIn } from '../domain/scope.ts';
import type { Client } from '../lib/addresses.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { Hub } from '../signaling/hub.ts';
import type { Store, StoredRights } from '../store/contract.ts';
import { turnOf } from './creations.ts';
import type { Invitations } from './invitations.ts';
import type { KnownRoom, RecentRooms, RoomRecord } from './recent-rooms.ts';
import type { Removals } from './removals.ts';
import type { RoomRights } from './rights.ts';
import type { RoomPasswords } from './room-passwords.ts';
import type { RoomTokens } from './room-tokens.ts';

/** Somebody who wants to join a room. */
export interface JoinAttempt {
  readonly roomId: RoomId;
  readonly identity: Identity;
  /** Asked for the identity after a wait: a resume may have brought another token meanwhile. Default: `identity` stays. */
  readonly bearer?: { readonly identity: Identity };
  readonly password: string | undefined;
  /** The secret of an invitation, which replaces the password [RM6]. */
  readonly invite?: string | undefined;
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
  /** Whether a host has to let the newcomer in first [KN1]. */
  readonly mustKnock: boolean;
  /** The user, if it passes only because it is inside or expected: once it is neither, this admission holds no more. */
  readonly asInside: UserId | null;
  /** What `host` and `send` are made of, besides the token. */
  readonly granted: Granted;
}

/** A room from which nothing keeps somebody away for good, and what it grants. */
interface Found {
  readonly room: KnownRoom;
  readonly granted: Granted;
  readonly stored: StoredRights | undefined;
  /** Whether the newcomer may run the room. */
  readonly host: boolean;
}

/**
 * Returns what this user may enter, and as what; a promise only if a password has to be hashed, or the store answers later.
 * Doesn't check the capacity, which `Hub.enter` and `Hub.hold` do. A user with a place in the room, of a suspended session or
 * held for it, is asked for nothing: only a ban keeps it out [RM8].
 * @throws ParleyError, the first of these that applies [RM1]: `room_not_found`, `forbidden` (a token for another
 *   room [TK4]), `banned`, `forbidden` (put out since the token was issued), `room_not_open`, `room_locked` [RM6], `forbidden` (a bad invitation [RM12]), `password_required`,
 *   `wrong_password`, `rate_limited` [RM7]
 */
export type Admit = (attempt: JoinAttempt) => Awaitable<Admitted>;

interface AdmissionDeps {
  readonly recent: RecentRooms;
  readonly removals: Pick<Removals, 'has'>;
  readonly bans: Pick<Store['bans'], 'has'>;
  readonly rights: Pick<RoomRights, 'of'>;
  readonly tokens: Pick<RoomTokens, 'check'>;
  readonly invitations: Pick<Invitations, 'use'>;
  readonly passwords: Pick<RoomPasswords, 'isRight'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'hasPlace' | 'isInside' | 'expected'>;
  readonly knocks: Pick<Hub['knocks'], 'isWaiting'>;
  readonly clock: Clock;
}

/** Decides who may enter a room [RM1]. */
export function createAdmission(deps: AdmissionDeps): Admit {
  const { recent, removals, bans, rights, tokens, invitations, passwords, liveRooms, knocks, clock } = deps;

  /** @throws ParleyError `room_not_found`, `forbidden`, `banned` */
  function findRoom({ roomId, identity }: JoinAttempt): Awaitable<Found> {
    return andThen(recent.find(roomId), (room) => {
      if (room === undefined || removals.has(roomId)) throw noSuchRoom();
      if (!isGoodIn(identity, roomId)) throw oneRoomOnly();
      if (!room.hasBans) return unlessPutOut(room, identity);
      return andThen(bans.has(roomId, identity.userId), (isBanned) => {
        if (isBanned) throw banned();
        return unlessPutOut(room, identity);
      });
    });
  }

  /** @throws ParleyError `forbidden` for a token from before its user was put out [TK4] */
  function unlessPutOut(room: KnownRoom, identity: Identity): Awaitable<Found> {
    if (identity.room === null) return withRights(room, identity);
    return andThen(tokens.check(identity), () => withRights(room, identity));
  }

  function withRights(room: KnownRoom, identity: Identity): Awaitable<Found> {
    const isOwner = identity.userId === room.record.ownerId;
    return andThen(rights.of(room, identity.userId), (stored) => {
      const granted = grant(isOwner, stored);
      return { room, granted, stored, host: isHost(identity, granted) };
    });
  }

  /** [CT0] Whom a backend has added needs no password, and passes lock and waiting room. */
  const isAdded = ({ roomId, identity }: JoinAttempt): boolean =>
    liveRooms.expected.added.find(roomId, identity.userId) !== undefined;

  /** Whoever waits to be let in has passed the lock and the password before. */
  const hasPassed = ({ hasWaited = false, identity, roomId }: JoinAttempt): boolean =>
    hasWaited || knocks.isWaiting(identity.userId, roomId);

  /** @throws ParleyError `room_not_open`, `room_locked` */
  function checkDoor({ room: { record }, host }: Found, attempt: JoinAttempt): void {
    const closed = closedNow(record, clock);
    if (closed !== undefined) throw closed;
    if (record.locked && !host && !isAdded(attempt) && !hasPassed(attempt)) {
      throw new ParleyError('room_locked', 'This room is locked. Ask somebody inside to open it.');
    }
  }

  /**
   * @param knownHash the hash of a password that the newcomer is known to know
   * @returns undefined if that depends on the password, which has to be checked first
   * @throws ParleyError `room_not_open`, `room_locked`, `password_required`
   */
  function decide(found: Found, attempt: JoinAttempt, knownHash: string | null): Admitted | undefined {
    const { room, granted, stored, host } = found;
    const { record, passwordHash } = room;
    const { identity, hasWaited = false } = attempt;
    const { userId, room: claim } = identity;
    const added = isAdded(attempt);
    const isClosed = (record.locked && !host && !added) || closedNow(record, clock) !== undefined;
    const mayComeIn = host || added || claim !== null || stored?.invited === true;
    const needsPassword = passwordHash !== null && passwordHash !== knownHash && !mayComeIn;
    const skipsKnock = host || added || claim?.skipKnock === true || stored?.skipKnock === true;
    const meetsHosts = record.waitingRoom && !skipsKnock;
    const send = sendRights(identity, granted);
    const free = { room: record, host, send, granted, mustKnock: false, asInside: null };
    if (!isClosed && !needsPassword && !meetsHosts) return free;
    // [RM8] Whatever has changed since the user was let in, only a ban keeps it out.
    if (liveRooms.hasPlace(record.id, userId)) return { ...free, asInside: userId };
    checkDoor(found, attempt);
    if (needsPassword && !hasPassed(attempt)) {
      if (attempt.password !== undefined) return undefined;
      throw new ParleyError('password_required', 'This room has a password. Send it along.');
    }
    if (!meetsHosts || hasWaited) return free;
    if (liveRooms.isInside(record.id, userId)) return { ...free, asInside: userId };
    return { ...free, mustKnock: true };
  }

  /** @throws ParleyError `wrong_password`, `rate_limited`, and what the other checks throw after the wait */
  async function admitByPassword(attempt: JoinAttempt, hash: string): Promise<Admitted> {
    const { password = '', roomId } = attempt;
    if (!(await passwords.isRight(password, { roomId, passwordHash: hash }, turnOf(attempt)))) {
      throw new ParleyError('wrong_password', "This is not the room's password. Try again.");
    }
    const current = { ...attempt, identity: (attempt.bearer ?? attempt).identity };
    return admit(await findRoom(current), current, hash);
  }

  /**
   * Uses the invitation up, once per user, and asks again as the user who has its rights. Those who are hosts for good have no
   * use for one, and use none up. Whoever has a place comes in without one [RM8], so a bad one does no harm.
   * @throws ParleyError `forbidden` for a wrong, used-up or expired one; `limit_reached`; and what the other checks throw
   */
  function admitByInvitation(found: Found, attempt: JoinAttempt, secret: string): Awaitable<Admitted> {
    const { roomId, identity } = attempt;
    const { userId } = identity;
    const current = { ...attempt, invite: undefined, identity: (attempt.bearer ?? attempt).identity };
    if (isHostForGood(identity, found.granted.isOwner)) return admit(found, current, null);
    const hasPlace = liveRooms.hasPlace(roomId, userId) || isAdded(attempt);
    if (!hasPlace) checkDoor(found, attempt);
    return andThen(invitations.use(roomId, userId, secret), (isGood) => {
      if (!isGood && !hasPlace) throw badInvitation();
      return andThen(findRoom(current), (now) => admit(now, current, null));
    });
  }

  /** A password that was changed while another was hashed is asked for again. */
  function admit(found: Found, attempt: JoinAttempt, knownHash: string | null): Awaitable<Admitted> {
    if (attempt.invite !== undefined) return admitByInvitation(found, attempt, attempt.invite);
    return decide(found, attempt, knownHash) ?? admitByPassword(attempt, found.room.passwordHash ?? '');
  }

  return (attempt) => andThen(findRoom(attempt), (found) => admit(found, attempt, null));
}

/** Returns why nobody new enters the room now; undefined if its times allow it. Hosts can change them. */
function closedNow({ notBefore, expiresAt }: RoomRecord, clock: Clock): ParleyError | undefined {
  if (notBefore === null && expiresAt === null) return undefined;
  const now = clock.now();
  if (notBefore !== null && now < Date.parse(notBefore)) {
    return new ParleyError('room_not_open', `This room opens at ${notBefore}. Come back then.`);
  }
  if (expiresAt === null || now < Date.parse(expiresAt)) return undefined;
  return roomIsOver(expiresAt);
}

function badInvitation(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This invitation is wrong, used up or expired. Ask a host for another, or come without it.',
  );
}
