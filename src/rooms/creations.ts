import { createAllowance } from '../accounts/allowance.ts';
import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import { blockKey, type Client, networkKey } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { TurnOf } from '../lib/fair-turns.ts';
import { createThrottle, perMinute, perSecond, rateLimited } from '../lib/throttle.ts';
import type { CreateRoomRequest } from '../protocol/bodies.ts';
import type { EditRoomRequest } from '../protocol/room-bodies.ts';
import type { RoomRecord } from './recent-rooms.ts';

/** Max rooms that one user, or one guest, owns at a time. */
export const ROOMS_PER_OWNER = 1_000;
export const ROOMS_PER_GUEST = 50;
/** Max rooms that one user creates per minute; services may create more. */
export const ROOMS_PER_MINUTE = 120;
/** A guest's own rooms, to which the others of its network don't count; one comes back every 10 minutes. */
export const OWN_ROOMS = 5;
/** Max rooms besides `OWN_ROOMS` that all guests of one network create per minute. */
export const ROOMS_PER_NETWORK = 120;
/** Max rooms with a password, each of which costs a hash, that one user creates per minute; services may create more. */
export const PASSWORD_ROOMS_PER_MINUTE = 10;

/** Max changes of rooms per second that one user asks for in the long run, and at once: as many as messages. */
export const CHANGES_PER_SECOND = 50;
export const CHANGES_AT_ONCE = 400;

/** Who may create rooms [AC3]: `users` are all but guests, `services` are backends and admins. */
export type RoomCreators = 'everyone' | 'users' | 'services';

/** Somebody who wants to create a room. */
export interface Creator {
  readonly identity: Identity;
  /** A guest's rooms are counted for its network. */
  readonly client: Client;
  /** Called after a wait. @throws ParleyError `unauthorized` if the creator's login has ended meanwhile */
  readonly confirm?: () => Promise<unknown>;
}

const OWN_ROOM_MS = 600_000;

interface CreationsDeps {
  readonly clock: Clock;
  readonly creators: RoomCreators;
  /** Whether clients get a TURN server. */
  readonly hasRelay: boolean;
}

/** Bounds which rooms users create, and how many: guests are strangers [RM5]. */
export class Creations {
  readonly #creators;
  readonly #rooms;
  readonly #passwordRooms;

  readonly #changes;
  readonly #hasRelay;

  constructor({ clock, creators, hasRelay }: CreationsDeps) {
    this.#creators = creators;
    this.#hasRelay = hasRelay;
    this.#changes = createThrottle({ clock, rate: perSecond(CHANGES_PER_SECOND, CHANGES_AT_ONCE) });
    this.#passwordRooms = createThrottle({ clock, rate: perMinute(PASSWORD_ROOMS_PER_MINUTE) });
    this.#rooms = createAllowance({
      clock,
      user: perMinute(ROOMS_PER_MINUTE),
      own: { everyMs: OWN_ROOM_MS, burst: OWN_ROOMS },
      network: perMinute(ROOMS_PER_NETWORK),
      what: 'new rooms',
      limit: 'new_rooms',
    });
  }

  /**
   * Counts the room before any work is done for it.
   * @param owned rooms that the creator owns already
   * @throws ParleyError `room_creation_off`, `forbidden`, `no_relay`, `rate_limited`
   */
  count({ identity, client }: Creator, request: CreateRoomRequest, owned: number): void {
    const { userId, kind, role } = identity;
    if (!this.#mayCreate(identity)) throw creationOff(this.#creators);
    const isService = role === 'service';
    const isGuest = kind === 'guest' && !isService;
    if (isGuest && (request.persistent === true || request.listed === true)) throw notByGuests();
    this.#checkRelay(request);
    const most = isGuest ? ROOMS_PER_GUEST : ROOMS_PER_OWNER;
    if (owned >= most) {
      throw new ParleyError(
        'forbidden',
        `You own ${most} rooms. Use one of them, or wait until one has gone.`,
        { limit: 'rooms_owned' },
      );
    }
    if (isService) return;
    const hasPassword = request.password !== undefined;
    const retryAfterMs = hasPassword ? this.#passwordRooms.wait(userId) : 0;
    if (retryAfterMs > 0) throw rateLimited('new_room_passwords', 'new room passwords', retryAfterMs);
    this.#countRoom(userId, isGuest ? networkKey(client.address) : undefined);
    if (hasPassword) this.#passwordRooms.take(userId);
  }

  /**
   * Counts a change of a room before any work is done for it.
   * @param room as it is
   * @throws ParleyError `forbidden`, `no_relay`, `rate_limited`
   */
  countChange({ identity }: Pick<Creator, 'identity'>, request: EditRoomRequest, room: Settable): void {
    const { userId, kind, role } = identity;
    const isService = role === 'service';
    const opens = (name: 'persistent' | 'listed') => request[name] === true && !room[name];
    if (kind === 'guest' && !isService && (opens('persistent') || opens('listed'))) throw notByGuests();
    this.#checkRelay(request);
    if (isService) return;
    const retryAfterMs = this.#changes.take(userId);
    if (retryAfterMs > 0) throw rateLimited('room_changes', 'changes of rooms', retryAfterMs);
    if (typeof request.password !== 'string') return;
    const passwordAfterMs = this.#passwordRooms.take(userId);
    if (passwordAfterMs > 0) throw rateLimited('new_room_passwords', 'new room passwords', passwordAfterMs);
  }

  #checkRelay({ relayOnly }: Pick<EditRoomRequest, 'relayOnly'>): void {
    if (relayOnly !== true || this.#hasRelay) return;
    throw new ParleyError(
      'no_relay',
      'This server has no TURN relay. Leave `relayOnly` out, or ask the operator to run one.',
    );
  }

  #mayCreate({ kind, role }: Identity): boolean {
    if (this.#creators === 'everyone' || role === 'service' || role === 'admin') return true;
    return this.#creators === 'users' && kind !== 'guest';
  }

  #countRoom(user: string, network: string | undefined): void {
    // A user with an account doesn't share a limit with their network.
    this.#rooms.spend({ user, network: network ?? `user ${user}` });
    if (network !== undefined) this.#rooms.countFor(network);
  }
}

type Settable = Pick<RoomRecord, 'persistent' | 'listed'>;

function notByGuests(): ParleyError {
  return new ParleyError(
    'forbidden',
    "Guests can't make rooms that are persistent or listed. Leave both out, or sign in with an account.",
  );
}

function creationOff(creators: RoomCreators): ParleyError {
  return new ParleyError(
    'room_creation_off',
    creators === 'users'
      ? "Guests can't create rooms on this server. Sign in with an account, or open a link to a room."
      : 'Only backends and admins can create rooms on this server. Open a link to a room.',
  );
}

/** Password hashes take turns by block, network and user. */
export function turnOf({ identity, client }: Pick<Creator, 'identity' | 'client'>): TurnOf {
  const { address } = client;
  return { block: blockKey(address), network: networkKey(address), user: identity.userId };
}
