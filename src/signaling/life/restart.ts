import { attempt } from '../../lib/attempt.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { CLOSE } from '../../protocol/codes.ts';
import type { Places } from '../live-rooms/live-rooms.ts';
import type { Registry } from '../session/registry.ts';
import type { Session, SessionContext } from '../session/session.ts';
import type { Lifecycle } from './lifecycle.ts';
import { parseSaved, restoreCalls, revive, type SavedSession, saveSession } from './snapshot.ts';

/** Milliseconds over which a drain spreads the clients' return [SE8]. */
const DRAIN_SPREAD_MS = 5_000;
/** Milliseconds of down time during which a suspended session's window stands still [SE8]. */
export const RESTART_GRACE_MS = 120_000;

/** Milliseconds of work, or characters of rows, between two turns of the event loop while sessions are written down. */
const SLICE_MS = 20;
export const SLICE_CHARACTERS = 1_048_576;

interface RestartDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly places: Places;
  readonly context: SessionContext;
}

/** Tells every session that the server restarts; their returns are spread over `DRAIN_SPREAD_MS` [SE8]. */
export function announceDrain({ registry, log }: Pick<RestartDeps, 'registry' | 'log'>): void {
  const share = DRAIN_SPREAD_MS / Math.max(registry.size, 1);
  let place = 0;
  for (const session of registry.all()) {
    const reconnectAfterMs = Math.round(share * place++);
    attempt(log, 'a session could not be told of the drain', () =>
      session.send('server:draining', { reconnectAfterMs }),
    );
  }
}

/**
 * Closes every connection with 4100 and writes the sessions down, a slice at a time, so that the process stays alive and
 * can stop when its time is up. Those for which least is kept come first: they are the most that can be saved.
 */
export function* saveSessions(
  deps: Pick<RestartDeps, 'clock' | 'log' | 'registry' | 'lifecycle'>,
): Generator<string[]> {
  const { clock, log, registry, lifecycle } = deps;
  const slice = new Slice(clock);
  for (const session of [...registry.all()]) {
    attempt(log, 'a session could not be suspended', () => lifecycle.suspend(session, CLOSE.draining));
    if (slice.isOver) yield slice.next();
  }
  // From here on nobody sends.
  const now = clock.monotonic();
  const sessions = [...registry.all()].sort((a, b) => a.outbox.keptBytes - b.outbox.keptBytes);
  const save = (session: Session): void =>
    attempt(log, 'a session could not be written down', () => slice.add(saveSession(session, now)), {
      peerId: session.peerId,
    });
  const savedSeqs: number[] = [];
  for (const session of sessions) {
    savedSeqs.push(session.outbox.lastSeq);
    save(session);
    if (slice.isOver) yield slice.next();
  }
  // What was ended meanwhile (by HTTP, say), and who heard of it: the last row of a session counts.
  for (const [place, session] of sessions.entries()) {
    if (session.isOver || session.outbox.lastSeq !== savedSeqs[place]) save(session);
  }
  yield slice.next();
}

/** Work between two turns of the event loop. */
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

  /** Begins with another. @returns the rows of this one */
  next(): string[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#characters = 0;
    this.#endsAt = this.#clock.monotonic() + SLICE_MS;
    return rows;
  }
}

/**
 * Brings back the sessions of an earlier process, each waiting to be resumed for what its window had left: the window
 * stood still while the server was down, up to two minutes [SE8].
 * @returns how many wait
 */
export function restoreSessions(deps: RestartDeps, rows: readonly string[], savedAt: number): number {
  const { clock, log, registry, lifecycle, context } = deps;
  const readable = rows.flatMap((row) => parseSaved(row) ?? []);
  if (readable.length < rows.length) {
    log.warn('sessions of the last run could not be read', { count: rows.length - readable.length });
  }
  // The last row of a session counts, see `saveSessions`: two of one name would leave one of them nowhere.
  const saved = [...new Map(readable.map((one) => [one.peerId, one])).values()];
  const downMs = Math.max(clock.now() - savedAt, 0);
  const lateMs = Math.max(downMs - RESTART_GRACE_MS, 0);
  // Those whose window ends first come first: see Lifecycle.
  for (const one of saved.sort((a, b) => a.remainingMs - b.remainingMs)) {
    const until = clock.monotonic() + one.remainingMs - lateMs;
    attempt(log, 'a session of the last run could not be taken up', () => {
      const session = revive(one, until, context);
      registry.add(session);
      lifecycle.await(session, until);
    });
  }
  restorePlaces(deps, saved);
  restoreCalls(saved, registry);
  return registry.size;
}

function restorePlaces({ registry, places }: RestartDeps, saved: readonly SavedSession[]): void {
  const inOrder = saved
    .flatMap(({ peerId, place }) => (place === null ? [] : [{ session: registry.byPeer(peerId), place }]))
    .sort((a, b) => a.place.index - b.place.index);
  for (const { session, place } of inOrder) {
    const { roomId, index: _, iceRenewAt, ...rest } = place;
    if (session === undefined) continue;
    places.takePlace(session, roomId, { ...rest, iceRenewAt: iceRenewAt ?? Number.POSITIVE_INFINITY });
  }
}
