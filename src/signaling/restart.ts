import { attempt } from '../lib/attempt.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { DRAIN_SPREAD_MS, RESTART_GRACE_MS } from '../protocol/limits.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Places } from './places.ts';
import type { Registry } from './registry.ts';
import type { SessionContext } from './session.ts';
import { parseSaved, restoreCalls, revive, type SavedSession } from './snapshot.ts';

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
 * Brings back the sessions of an earlier process, each waiting to be resumed for what its window had left: the window
 * stood still while the server was down, up to two minutes [SE8].
 * @returns how many wait
 */
export function restoreSessions(deps: RestartDeps, rows: readonly string[], savedAt: number): number {
  const { clock, log, registry, lifecycle, context } = deps;
  const saved = rows.flatMap((row) => parseSaved(row) ?? []);
  if (saved.length < rows.length) {
    log.warn('sessions of the last run could not be read', { count: rows.length - saved.length });
  }
  const downMs = Math.max(clock.now() - savedAt, 0);
  const lateMs = Math.max(downMs - RESTART_GRACE_MS, 0);
  // Those whose window ends first come first: see Lifecycle.
  for (const one of saved.sort((a, b) => a.remainingMs - b.remainingMs)) {
    const until = clock.monotonic() + one.remainingMs - lateMs;
    attempt(log, 'a session of the last run could not be taken up', () => {
      // A second one of the name would take the first one's place in the registry, and leave it nowhere.
      if (registry.byPeer(one.peerId) !== undefined)
        throw new Error(`there are two with the peerId ${one.peerId}`);
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
