import type { DomainEvents, Publisher } from '../domain/events.ts';
import type { Ids, RoomId } from '../domain/ids.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { Hub } from '../signaling/hub.ts';
import type { CallStore, CallWithPeople } from '../store/contract.ts';
import { OngoingCall } from './ongoing-call.ts';

/** Past calls of one room that are kept; up to `TRIM_EVERY` more until the oldest are removed. */
export const CALLS_PER_ROOM = 5_000;
const TRIM_EVERY = 100;
/** Max rooms whose ended calls are counted at a time; beyond it, the oldest count begins anew. */
export const COUNTED_ROOMS = 16_384;

/** Max milliseconds until a change of a call that goes on is stored: a join itself writes nothing. */
const STORE_MS = 200;
/** Max calls that are stored in one turn of the event loop, and milliseconds to the next such turn. */
const CALLS_PER_TURN = 200;
const NEXT_TURN_MS = 20;
/** Milliseconds between two notes that the process lives: a call that a crash ends has ended at the last one. */
const ALIVE_MS = 10_000;

interface CallLogDeps {
  readonly store: Pick<CallStore, 'save' | 'noteAlive' | 'lastAlive' | 'ongoing' | 'trim'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'unique'>;
  /** Told of calls that start and end. Default: nobody. */
  readonly events?: Publisher | undefined;
}

/** Notes who was in which call and for how long, for the list of past calls. */
export class CallLog {
  readonly #deps: CallLogDeps;
  readonly #calls = new Map<RoomId, OngoingCall>();
  /** Not stored yet. */
  readonly #changed = new Set<OngoingCall>();
  readonly #ended = new BoundedMap<RoomId, number>(COUNTED_ROOMS);
  #cancelStoring: (() => void) | undefined;
  readonly #stopNoting: () => void;

  constructor(deps: CallLogDeps) {
    this.#deps = deps;
    this.#stopNoting = deps.clock.every(ALIVE_MS, () => {
      if (this.#calls.size > 0) deps.store.noteAlive(deps.clock.now());
    });
  }

  /** Calls that go on. */
  get size(): number {
    return this.#calls.size;
  }

  isOngoing(roomId: RoomId, callId: string): boolean {
    return this.#calls.get(roomId)?.id === callId;
  }

  /** Goes on with the calls of the process before, or ends them. Call it when sessions have been restored. */
  async restore(): Promise<void> {
    const { store, liveRooms } = this.#deps;
    const ongoing = await store.ongoing();
    const aliveAt = await store.lastAlive();
    for (const stored of ongoing) {
      const call = OngoingCall.of(stored);
      const lastAt = Math.max(aliveAt ?? 0, latest(stored));
      const users = new Set(liveRooms.membersOf(call.roomId).map(({ userId }) => userId));
      if (liveRooms.membersOf(call.roomId).length < 2) {
        call.end(lastAt);
      } else {
        call.keepOnly(users, lastAt);
        this.#calls.set(call.roomId, call);
      }
      if (call.endedAt !== null || call.hasChanged) this.#save(call);
    }
  }

  joined({ roomId, userId, displayName }: DomainEvents['peer.joined']): void {
    const members = this.#deps.liveRooms.membersOf(roomId);
    const known = this.#calls.get(roomId);
    if (known === undefined && members.length < 2) return;
    const now = this.#deps.clock.now();
    const call = known ?? this.#begin(roomId, now);
    if (known === undefined) {
      for (const member of members) call.enter(member.userId, member.displayName, now);
    } else call.enter(userId, displayName, now);
    call.peak = Math.max(call.peak, members.length);
    this.#saveSoon(call);
    if (known !== undefined) return;
    const about = { roomId, callId: call.id, startedAt: now, participants: members.length };
    this.#deps.events?.publish('call.started', about);
  }

  left({ roomId, userId, displayName, reason }: DomainEvents['peer.left']): void {
    // [RM8] Whoever replaces a former peer comes in within the same tick.
    if (roomId === null || reason === 'replaced') return;
    const call = this.#calls.get(roomId);
    if (call === undefined) return;
    const members = this.#deps.liveRooms.membersOf(roomId);
    const now = this.#deps.clock.now();
    if (!members.some((member) => member.userId === userId)) call.leave(userId, displayName, now);
    if (members.length >= 2) {
      this.#saveSoon(call);
      return;
    }
    call.end(now);
    this.#calls.delete(roomId);
    this.#save(call);
    this.#trim(roomId);
    const about = { roomId, callId: call.id, endedAt: now, participants: members.length };
    this.#deps.events?.publish('call.ended', about);
  }

  /** Stores what isn't yet. The calls go on in the next process if their sessions do. */
  close(): void {
    this.#stopNoting();
    this.#cancelStoring?.();
    if (this.#calls.size > 0 || this.#changed.size > 0) this.#storeChanged(Number.POSITIVE_INFINITY);
  }

  #begin(roomId: RoomId, startedAt: number): OngoingCall {
    const call = new OngoingCall({ id: this.#deps.ids.unique(), roomId, startedAt, peak: 0 });
    this.#calls.set(roomId, call);
    return call;
  }

  #saveSoon(call: OngoingCall): void {
    this.#changed.add(call);
    this.#cancelStoring ??= this.#deps.clock.after(STORE_MS, () => this.#storeChanged());
  }

  #storeChanged(most = CALLS_PER_TURN): void {
    const { store, clock } = this.#deps;
    let count = 0;
    for (const call of this.#changed) {
      if (count === most) break;
      this.#save(call);
      count += 1;
    }
    store.noteAlive(clock.now());
    const isDone = this.#changed.size === 0;
    this.#cancelStoring = isDone ? undefined : clock.after(NEXT_TURN_MS, () => this.#storeChanged());
  }

  #save(call: OngoingCall): void {
    this.#changed.delete(call);
    this.#deps.store.save(call.row, call.takeChanged());
  }

  #trim(roomId: RoomId): void {
    const ended = (this.#ended.get(roomId) ?? 0) + 1;
    this.#ended.set(roomId, ended % TRIM_EVERY);
    if (ended === TRIM_EVERY) this.#deps.store.trim(roomId, CALLS_PER_ROOM);
  }
}

/** The latest time that a stored call tells of. */
function latest({ startedAt, people }: CallWithPeople): number {
  return Math.max(startedAt, ...people.map(({ insideSince }) => insideSince ?? 0));
}
