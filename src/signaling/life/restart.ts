import { attempt } from '../../lib/attempt.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE } from '../../protocol/codes.ts';
import type { Waiter } from '../live-rooms/knock.ts';
import type { Knocks } from '../live-rooms/knocks.ts';
import type { LiveRooms } from '../live-rooms/live-rooms.ts';
import type { Registry } from '../session/registry.ts';
import type { Session, SessionContext } from '../session/session.ts';
import type { Lifecycle } from './lifecycle.ts';
import { changedRows, parseSavedRoom, restoreRooms, type SavedRoom, saveRooms } from './room-snapshot.ts';
import { restoreKnocks } from './saved-knocks.ts';
import { parseSavedRefusal, restoreRefusals, type SavedRefusal, saveRefusals } from './saved-refusals.ts';
import { parseSavedWaiter, type SavedWaiter, saveWaiters } from './saved-waiters.ts';
import { parseSaved, restoreCalls, revive, type SavedSession, saveSession } from './snapshot.ts';

/** Sessions that return per second after a drain [SE8]: a resume, whose token the process hasn't seen, costs 0.15 ms. */
const RETURNS_PER_SECOND = 6_500;
/** Max milliseconds over which returns are spread. */
const MAX_SPREAD_MS = 5_000;
/** Milliseconds of down time during which a suspended session's window stands still [SE8]. */
export const RESTART_GRACE_MS = 120_000;
/** Milliseconds of work, or characters of rows, that a drain does in one turn of the event loop. */
const SLICE_MS = 20;
export const SLICE_CHARACTERS = 1_048_576;

interface RestartDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly liveRooms: LiveRooms;
  readonly knocks: Pick<Knocks, 'of' | 'add' | 'all' | 'lists' | 'bounds'>;
  readonly context: SessionContext;
}

/** What a process left for the next one. */
export interface Snapshot {
  /** Version of the rows. */
  readonly schemaVersion: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** JSON text. */
  readonly rows: readonly string[];
}

/** Returns how many milliseconds after its close the session with this index, of all, is to come back. */
export function returnPause(index: number, sessions: number, restartMs: number): number {
  const spreadMs = Math.min((sessions / RETURNS_PER_SECOND) * 1_000, MAX_SPREAD_MS);
  return Math.round(restartMs + (spreadMs * index) / sessions);
}

/**
 * Tells every session that the server restarts, and when to come back, counted from the close: when the next process
 * listens, one after the other [SE8].
 * @param restartMs milliseconds from the close until then
 */
export function announceDrain(
  { registry, log }: Pick<RestartDeps, 'registry' | 'log'>,
  restartMs: number,
): void {
  let index = 0;
  for (const session of registry.all()) {
    const reconnectAfterMs = returnPause(index++, registry.size, restartMs);
    attempt(log, 'a session could not be told of the drain', () =>
      session.send('server:draining', { reconnectAfterMs }),
    );
  }
}

/**
 * Closes every connection with 4100, then yields rooms and sessions as rows of JSON text, a slice at a time: between two
 * slices the process can do other work, or stop because its time is up. Sessions with the fewest kept bytes come first,
 * so that as many as possible are saved.
 */
export function* saveSessions(
  deps: Pick<RestartDeps, 'clock' | 'log' | 'registry' | 'lifecycle' | 'liveRooms' | 'knocks'>,
): Generator<string[]> {
  const { clock, log, registry, lifecycle, liveRooms, knocks } = deps;
  const slice = new Slice(clock);
  for (const _ of lifecycle.suspendAll([...registry.all()], CLOSE.draining)) {
    if (slice.isOver) yield slice.next();
  }
  // From here on no session receives frames.
  knocks.lists.keep();
  const now = clock.monotonic();
  const rooms = saveRooms(liveRooms, now);
  for (const row of rooms.values()) {
    slice.add(row);
    if (slice.isOver) yield slice.next();
  }
  const sessions = [...registry.all()].sort((a, b) => a.outbox.keptBytes - b.outbox.keptBytes);
  const save = (session: Session): void =>
    attempt(
      log,
      'a session could not be saved',
      () => slice.add(saveSession(session, knocks.of(session), now)),
      {
        peerId: session.peerId,
      },
    );
  const savedSeqs: number[] = [];
  for (const session of sessions) {
    savedSeqs.push(session.outbox.lastSeq);
    save(session);
    if (slice.isOver) yield slice.next();
  }
  // A session may have ended or been told something since, over HTTP for example, or a place been given up: the last row
  // counts.
  for (const row of changedRows(rooms, saveRooms(liveRooms, now))) slice.add(row);
  for (const row of saveWaiters(knocks, now)) slice.add(row);
  for (const row of saveRefusals(knocks.bounds, now)) slice.add(row);
  for (const [index, session] of sessions.entries()) {
    if (session.isOver || session.outbox.lastSeq !== savedSeqs[index]) save(session);
  }
  yield slice.next();
}

/** The rows of one turn of the event loop. */
class Slice {
  readonly #clock: Clock;
  #rows: string[] = [];
  #characters = 0;
  #endsAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endsAt = clock.monotonic() + SLICE_MS;
  }

  get isOver(): boolean {
    return this.#characters >= SLICE_CHARACTERS || this.#clock.monotonic() >= this.#endsAt;
  }

  add(row: string): void {
    this.#rows.push(row);
    this.#characters += row.length;
  }

  /** Ends this slice and begins the next. @returns the rows of this one */
  next(): string[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#characters = 0;
    this.#endsAt = this.#clock.monotonic() + SLICE_MS;
    return rows;
  }
}

/**
 * Restores the sessions of an earlier process. Each waits to be resumed for the rest of its window, which stood still
 * while the server was down, for at most `RESTART_GRACE_MS` [SE8].
 * @returns how many sessions wait
 */
export function restoreSessions(deps: RestartDeps, { schemaVersion, savedAt, rows }: Snapshot): number {
  const { clock, log, registry, lifecycle, knocks, context } = deps;
  const rooms: SavedRoom[] = [];
  const waiters: SavedWaiter[] = [];
  const refusals: SavedRefusal[] = [];
  const readable: SavedSession[] = [];
  let unreadable = 0;
  for (const row of rows) {
    const session = parseSaved(row, schemaVersion);
    const room = session === undefined ? parseSavedRoom(row) : undefined;
    const waiter = session === undefined && room === undefined ? parseSavedWaiter(row) : undefined;
    const refusal = (session ?? room ?? waiter) === undefined ? parseSavedRefusal(row) : undefined;
    if (session !== undefined) readable.push(session);
    else if (room !== undefined) rooms.push(room);
    else if (waiter !== undefined) waiters.push(waiter);
    else if (refusal !== undefined) refusals.push(refusal);
    else unreadable += 1;
  }
  if (unreadable > 0) {
    log.warn('saved sessions could not be read: their clients will join anew', { count: unreadable });
  }
  // The last row of a session counts, see `saveSessions`.
  const saved = [...new Map(readable.map((one) => [one.peerId, one])).values()];
  const downMs = Math.max(clock.now() - savedAt, 0);
  const lateMs = Math.max(downMs - RESTART_GRACE_MS, 0);
  const revived: [session: Session, until: number][] = [];
  const beganAt = (one: SavedSession): number => one.beganAt ?? savedAt;
  for (const one of saved.sort((a, b) => beganAt(a) - beganAt(b))) {
    const until = clock.monotonic() + one.remainingMs - lateMs;
    attempt(log, 'a saved session could not be restored', () => {
      const session = revive(one, until, context);
      registry.add(session, beganAt(one));
      revived.push([session, until]);
    });
  }
  // `awaitResume` needs the sessions in the order in which their windows end.
  for (const [session, until] of revived.sort(([, a], [, b]) => a - b)) {
    attempt(log, 'a saved session could not be restored', () => lifecycle.awaitResume(session, until));
  }
  restorePlaces(deps, saved);
  restoreRooms(deps.liveRooms, rooms, clock.monotonic() - lateMs);
  const sessions = saved.map(({ peerId, knock }) => ({ waiter: waiterOf(registry.byPeer(peerId)), knock }));
  restoreKnocks([...sessions, ...waiters], knocks, clock.monotonic());
  restoreRefusals(refusals, knocks.bounds, clock.monotonic() - downMs);
  restoreCalls(saved, registry);
  return registry.size;
}

function waiterOf(session: Session | undefined): Waiter | undefined {
  return session && { session };
}

/** Gives participants back their places, in their order. */
function restorePlaces({ registry, liveRooms }: RestartDeps, saved: readonly SavedSession[]): void {
  const inOrder = saved
    .flatMap(({ peerId, place }) => (place === null ? [] : [{ session: registry.byPeer(peerId), place }]))
    .sort((a, b) => a.place.index - b.place.index);
  for (const { session, place } of inOrder) {
    if (session === undefined) continue;
    const { roomId, index: _, ...rest } = place;
    liveRooms.restore(session, roomId, {
      ...rest,
      ownName: place.ownName ?? undefined,
      raisedAt: place.raisedAt ?? undefined,
      since: place.since ?? session.beganAt,
      iceRenewAt: place.iceRenewAt ?? Number.POSITIVE_INFINITY,
    });
  }
}
