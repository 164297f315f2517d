import { ParleyError } from '../../domain/errors.ts';
import type { Publisher } from '../../domain/events.ts';
import { type Standing, withStanding } from '../../domain/identity.ts';
import type { Ids, RoomId } from '../../domain/ids.ts';
import { knockRefused } from '../../domain/refusals.ts';
import { networkKey } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import { rateLimited } from '../../lib/throttle.ts';
import type { KnockItem, OwnKnock } from '../../protocol/knock-events.ts';
import type { Session } from '../session/session.ts';
import { Knock, type Luggage, type Waiter } from './knock.ts';
import { checkKnocksOverHttp, FULL_LINE_PAUSE_MS, KNOCK_AGAIN_MS, KnockBounds } from './knock-bounds.ts';
import { KnockLists } from './knock-lists.ts';
import type { Participant } from './participant.ts';

/** Milliseconds after which a knock that nobody answers ends [KN4]. */
export const KNOCK_MS = 600_000;
/** Somebody who may enter a room once a host lets them in. */
export interface KnockRequest {
  readonly room: { readonly id: RoomId; readonly name: string | null };
  readonly waiter: Waiter;
  readonly luggage: Luggage;
  readonly address: string;
}

interface KnocksDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Publisher;
  readonly membersOf: (roomId: string) => readonly Participant[];
  /** Ends the direct calls of a session that begins to wait [KN1]. */
  readonly hangUpOn: (session: Session) => void;
  /** Ends a suspended session whose place in the line its user has taken with another one. */
  readonly replace: (former: Session) => void;
  /** Called with what refuses somebody who waits. */
  readonly joinRefused: (refusal: ParleyError) => void;
}

/** Who waits to be let into which room, and which hosts are told [KN1]–[KN5]. */
export class Knocks {
  readonly #deps: KnocksDeps;
  readonly lists: KnockLists;
  /** Each line in the order of `since`. */
  readonly #lines = new Map<string, Knock[]>();
  /** One per user [KN4], in the order in which they end. */
  readonly #ofUser = new Map<string, Knock>();
  /** Those without a session. */
  readonly #overHttp = new Set<Knock>();
  readonly bounds: KnockBounds;

  constructor(deps: KnocksDeps) {
    this.#deps = deps;
    this.bounds = new KnockBounds(deps.clock);
    const { clock, membersOf } = deps;
    this.lists = new KnockLists({ clock, membersOf, itemsOf: (roomId) => this.itemsOf(roomId) });
  }

  /** How many wait, for all rooms. */
  get size(): number {
    return this.#ofUser.size;
  }

  /** Those who wait for the room, longest first. */
  lineOf(roomId: string): readonly Knock[] {
    return this.#lines.get(roomId) ?? [];
  }

  /** Everybody who waits, in the order in which the knocks end. */
  all(): Iterable<Knock> {
    return this.#ofUser.values();
  }

  itemsOf(roomId: string): KnockItem[] {
    return this.lineOf(roomId).map((knock) => knock.describe());
  }

  find(roomId: string, knockId: string): Knock | undefined {
    return this.lineOf(roomId).find((knock) => knock.knockId === knockId);
  }

  /** The knock of this session, if it waits. */
  of(session: Session): Knock | undefined {
    const knock = this.#ofUser.get(session.userId);
    return knock?.session === session ? knock : undefined;
  }

  /** Whether the user waits for this room; without `roomId`, for any. */
  isWaiting(userId: string, roomId?: string): boolean {
    const knock = this.#ofUser.get(userId);
    return knock !== undefined && (roomId === undefined || knock.roomId === roomId);
  }

  /**
   * Adds somebody to the end of the line, or lets them go on with the knock that their user has there.
   * @throws ParleyError `knock_refused` within `KNOCK_AGAIN_MS` of a refusal; `rate_limited` over a bound [KN4]
   */
  wait({ room, waiter, luggage, address }: KnockRequest): OwnKnock {
    const { session } = waiter;
    const { userId } = (session ?? waiter).identity;
    const former = this.#ofUser.get(userId);
    const own = { id: room.id, name: room.name };
    if (former?.roomId === room.id && (session === undefined || former.session === session)) {
      if (former.session === session) former.luggage = luggage;
      return { knockId: former.knockId, room: own };
    }
    if (former?.session?.isLive === true && former.session !== session) {
      throw rateLimited('knocks', 'sessions of yours that wait to be let in', FULL_LINE_PAUSE_MS);
    }
    if (former?.roomId === room.id) {
      this.#handOver(former, waiter, luggage);
      return { knockId: former.knockId, room: own };
    }
    const network = networkKey(address);
    this.bounds.check(this.lineOf(room.id), room.id, userId, network);
    if (session === undefined) checkKnocksOverHttp(this.#overHttp.size);
    else this.#deps.hangUpOn(session);
    if (former !== undefined) this.#leaveFor(former, session);
    const since = this.#deps.clock.now();
    const until = this.#deps.clock.monotonic() + KNOCK_MS;
    const knockId = this.#deps.ids.unique();
    const knock = new Knock({ knockId, roomId: room.id, since, until, network }, waiter, luggage);
    this.add(knock);
    this.#deps.events.publish('knock.began', knock.event());
    this.lists.tell(room.id);
    return { knockId, room: own };
  }

  /** Puts a knock into the line without telling anybody. Call it in the order in which the knocks end. */
  add(knock: Knock): void {
    const line = this.#lines.get(knock.roomId);
    if (line === undefined) this.#lines.set(knock.roomId, [knock]);
    else line.push(knock);
    this.#ofUser.set(knock.userId, knock);
    if (knock.session === undefined) this.#overHttp.add(knock);
  }

  /**
   * @param refusal told to the one who waits; without it, the one who waits has been answered otherwise
   * @param reason of the refusal
   */
  end(knock: Knock, refusal?: ParleyError, reason: string = refusal?.code ?? ''): void {
    if (!this.#remove(knock)) return;
    if (refusal !== undefined) this.#tellRefused(knock, refusal, reason);
    this.lists.tell(knock.roomId);
  }

  /** Refuses a knock; its user can't knock there for `KNOCK_AGAIN_MS` [KN3]. */
  refuse(knock: Knock): void {
    this.bounds.refused(knock);
    this.end(knock, knockRefused(KNOCK_AGAIN_MS), 'refused');
  }

  /** Ends all knocks at a room, or those of one user, with the same refusal [KN5]. */
  endAll(roomId: RoomId, refusal: ParleyError, userId?: string): void {
    const ended = this.lineOf(roomId).filter((knock) => userId === undefined || knock.userId === userId);
    for (const knock of ended) if (this.#remove(knock)) this.#tellRefused(knock, refusal, refusal.code);
    if (ended.length > 0) this.lists.tell(roomId);
  }

  /** Ends the wait of a session that has left or ended. @returns false if it didn't wait */
  leave(session: Session): boolean {
    this.lists.forget(session);
    const knock = this.of(session);
    if (knock === undefined) return false;
    this.end(knock);
    return true;
  }

  /** Ends the user's wait for the room, and tells the session that waits. */
  leaveRoom(userId: string, roomId: RoomId): void {
    const knock = this.#ofUser.get(userId);
    if (knock?.roomId !== roomId) return;
    this.end(knock);
    knock.session?.send('room:left', { roomId });
  }

  /** Call it when a session has entered a room: it waits nowhere any more, and a host is told who does. */
  entered(session: Session, hasWaitingRoom: boolean): void {
    if (this.size > 0) {
      const knock = this.#ofUser.get(session.userId);
      if (knock !== undefined && (knock.session ?? session) === session) this.end(knock);
    }
    const { participant } = session;
    if (hasWaitingRoom || this.size > 0) {
      if (participant?.host === true) this.lists.tellHost(participant, hasWaitingRoom);
    }
  }

  /** Ends a knock that came over HTTP. @param loginId only if it came with a token of this login */
  endWithout(userId: string, loginId?: string): void {
    const knock = this.#ofUser.get(userId);
    if (knock === undefined || knock.session !== undefined) return;
    if (loginId === undefined || knock.identity.loginId === loginId) this.end(knock);
  }

  /** Tells the hosts of a user who waits what is stored about the user now. */
  updateUser(userId: string, standing: Standing): void {
    const knock = this.#ofUser.get(userId);
    if (knock === undefined) return;
    if (knock.session === undefined) {
      const identity = withStanding(knock.identity, standing);
      knock.waiter = { identity, profile: standing.profile };
    }
    this.lists.tell(knock.roomId);
  }

  /** Ends the knocks that nobody has answered in time [KN4]. */
  sweep(): void {
    const now = this.#deps.clock.monotonic();
    for (const knock of this.#ofUser.values()) {
      if (knock.facts.until > now) return;
      this.end(knock, nobodyAnswered(), 'timeout');
    }
  }

  #tellRefused(knock: Knock, refusal: ParleyError, reason: string): void {
    const { code, message, retryAfterMs } = refusal;
    this.#deps.joinRefused(refusal);
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    knock.session?.send('error', { code, message, ...wait });
    this.#deps.events.publish('knock.refused', { ...knock.event(), reason });
  }

  /** Lets another session of the user, or their first one, wait in the same place. */
  #handOver(knock: Knock, waiter: Waiter, luggage: Luggage): void {
    const { session } = knock;
    knock.waiter = waiter;
    knock.luggage = luggage;
    if (waiter.session === undefined) this.#overHttp.add(knock);
    else {
      this.#overHttp.delete(knock);
      this.#deps.hangUpOn(waiter.session);
    }
    if (session !== undefined) this.#deps.replace(session);
  }

  /** Ends a knock because its user asks elsewhere [KN5]. */
  #leaveFor(former: Knock, session: Session | undefined): void {
    this.end(former);
    if (former.session !== undefined && former.session !== session) this.#deps.replace(former.session);
  }

  #remove(knock: Knock): boolean {
    const line = this.#lines.get(knock.roomId);
    const place = line?.indexOf(knock) ?? -1;
    if (line === undefined || place < 0) return false;
    line.splice(place, 1);
    if (line.length === 0) this.#lines.delete(knock.roomId);
    this.#ofUser.delete(knock.userId);
    this.#overHttp.delete(knock);
    return true;
  }
}

function nobodyAnswered(): ParleyError {
  return new ParleyError(
    'knock_refused',
    'For 10 minutes nobody answered. Ask a host to come, and knock again.',
  );
}
