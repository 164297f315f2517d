import type { ParleyError } from '../../domain/errors.ts';
import type { Publisher } from '../../domain/events.ts';
import type { Identity } from '../../domain/identity.ts';
import type { Ids, PeerId, RoomId, UserId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { rateLimited } from '../../lib/throttle.ts';

/** Milliseconds for which a place is held until its user comes in. */
export const PLACE_MS = 60_000;
/** Max places held for one user at a time, in all rooms together. */
export const PLACES_PER_USER = 10;
/** Max places held at a time, for all users together: about 100 MB if each has the longest `userInfo`. */
export const PLACES = 20_000;

/** A place in a room whose user is expected: in a moment it comes with a WebSocket. */
export interface HeldPlace {
  /** What its TURN credentials go by. Nobody else sees it. */
  readonly id: PeerId;
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** The login that asked for it, which takes it along when it ends. */
  readonly loginId: string | null;
  /** Any JSON; undefined if none was given. */
  readonly userInfo: unknown;
  /** Above which message its user may read under `since_join` [CH3]. */
  readonly chatSince: string;
  /** When it is given up, in the clock's monotonic milliseconds. */
  readonly until: number;
  /** Whether it is the place of a suspended session of the same user: then it isn't counted again [RM8]. */
  shared: boolean;
}

interface HeldPlacesDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'peerId'>;
  readonly events: Publisher;
  /** Whether nobody is inside the room. */
  readonly isEmpty: (roomId: string) => boolean;
  /** Called when a place was given up. */
  readonly released?: (place: HeldPlace) => void;
}

/** The places that are held, at most one per user and room. */
export class HeldPlaces {
  readonly #deps: HeldPlacesDeps;
  readonly #byRoom = new Map<string, Map<string, HeldPlace>>();
  readonly #byUser = new Map<string, Set<HeldPlace>>();
  /** In the order in which they are given up. */
  readonly #all = new Set<HeldPlace>();

  constructor(deps: HeldPlacesDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#all.size;
  }

  find(roomId: string, userId: string): HeldPlace | undefined {
    return this.#all.size === 0 ? undefined : this.#byRoom.get(roomId)?.get(userId);
  }

  in(roomId: string): readonly HeldPlace[] {
    return [...(this.#byRoom.get(roomId)?.values() ?? [])];
  }

  /** How many people are expected whom the room's participants don't stand for. */
  countIn(roomId: string): number {
    if (this.#all.size === 0) return 0;
    return this.in(roomId).filter(({ shared }) => !shared).length;
  }

  /** @throws ParleyError `rate_limited` if the user has `PLACES_PER_USER` in other rooms, or all users have `PLACES` */
  checkCount(roomId: string, userId: string): void {
    if (this.find(roomId, userId) !== undefined) return;
    const own = this.#byUser.get(userId);
    if (own !== undefined && own.size >= PLACES_PER_USER) throw this.#tooMany('held places', own);
    if (this.#all.size >= PLACES) throw this.#tooMany('held places on this server', this.#all);
  }

  /** Holds a place for `PLACE_MS`, or goes on holding it that long. Its checks are the caller's. */
  hold(
    { userId, loginId }: Pick<Identity, 'userId' | 'loginId'>,
    place: Pick<HeldPlace, 'roomId' | 'userInfo' | 'chatSince' | 'shared'>,
  ): HeldPlace {
    const former = this.find(place.roomId, userId);
    const id = former?.id ?? this.#deps.ids.peerId();
    const until = this.#deps.clock.monotonic() + PLACE_MS;
    // A place of its own stays one.
    const shared = former?.shared ?? place.shared;
    const chatSince = former?.chatSince ?? place.chatSince;
    return this.add({ ...place, id, userId, loginId, chatSince, until, shared });
  }

  /** Replaces what is held for the same user in the room. Call it in the order of `until`. */
  add(place: HeldPlace): HeldPlace {
    const former = this.find(place.roomId, place.userId);
    if (former !== undefined) this.#remove(former);
    let inRoom = this.#byRoom.get(place.roomId);
    if (inRoom === undefined) {
      inRoom = new Map();
      this.#byRoom.set(place.roomId, inRoom);
    }
    inRoom.set(place.userId, place);
    const ofUser = this.#byUser.get(place.userId);
    if (ofUser === undefined) this.#byUser.set(place.userId, new Set([place]));
    else ofUser.add(place);
    this.#all.add(place);
    return place;
  }

  /** Its user has come in as this peer: what was for the place is for the peer now. */
  take(place: HeldPlace, peerId: PeerId): void {
    this.#remove(place);
    this.#deps.events.publish('place.taken', { placeId: place.id, peerId });
  }

  /** Gives the place up. */
  release(place: HeldPlace): void {
    if (!this.#remove(place)) return;
    const { events, isEmpty, released } = this.#deps;
    released?.(place);
    events.publish('place.ended', { placeId: place.id });
    const { roomId } = place;
    if (isEmpty(roomId) && !this.#byRoom.has(roomId)) events.publish('room.emptied', { roomId });
  }

  releaseAll(places: Iterable<HeldPlace>): void {
    for (const place of [...places]) this.release(place);
  }

  ofUser(userId: string): Iterable<HeldPlace> {
    return this.#byUser.get(userId) ?? [];
  }

  /** All of them, in the order in which they are given up. */
  all(): Iterable<HeldPlace> {
    return this.#all;
  }

  /** Gives up the places whose users haven't come in time. */
  releaseExpired(): void {
    const now = this.#deps.clock.monotonic();
    const due: HeldPlace[] = [];
    for (const place of this.#all) {
      if (place.until > now) break;
      due.push(place);
    }
    this.releaseAll(due);
  }

  /** @param places those that fill the bound, the first to be given up first */
  #tooMany(what: string, [oldest]: Iterable<HeldPlace>): ParleyError {
    const until = oldest?.until ?? 0;
    return rateLimited('held_places', what, Math.max(until - this.#deps.clock.monotonic(), 1));
  }

  #remove(place: HeldPlace): boolean {
    if (!this.#all.delete(place)) return false;
    drop(this.#byRoom, place.roomId, (places) => places.delete(place.userId));
    drop(this.#byUser, place.userId, (places) => places.delete(place));
    return true;
  }
}

/** Removes one member of a group, and the group with its last. */
function drop<Group extends { readonly size: number }>(
  groups: Map<string, Group>,
  key: string,
  remove: (group: Group) => void,
): void {
  const group = groups.get(key);
  if (group === undefined) return;
  remove(group);
  if (group.size === 0) groups.delete(key);
}
