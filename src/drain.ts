import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Chat } from './chat/chat.ts';
import type { Awaitable } from './lib/awaitable.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { Restarts } from './restarts.ts';
import { type Hub, type HubStats, isReadable, SNAPSHOT_VERSION } from './signaling/hub.ts';
import type { Store } from './store/contract.ts';
import type { Gateway } from './ws/gateway.ts';

/** Max milliseconds from SIGTERM to the end of the process [SE8]. */
export const DRAIN_MS = 10_000;
/** Milliseconds from telling of a drain until the listener closes, for load balancers to see it and requests to end [SE8]. */
export const DRAIN_NOTICE_MS = 1_000;
/** Milliseconds of these that closing and saving a session takes: with many sessions it begins earlier. */
const SAVING_MS_PER_SESSION = 0.1;
/** Milliseconds before the first connection is closed, however many there are. */
export const MIN_NOTICE_MS = 250;
/** Milliseconds for saving sessions; those that are not saved by then are lost [SE8]. */
export const SNAPSHOT_MS = 4_000;
/** Milliseconds for the last frames to leave before connections are cut. */
export const CLOSING_MS = 1_000;

/** Milliseconds between two checks whether all connections are closed. */
const CLOSING_STEP_MS = 20;
/** Milliseconds between two attempts to write to a database that another program has locked. */
const LOCKED_STEP_MS = 100;

interface DrainDeps {
  readonly hub: Pick<Hub, 'drain' | 'slices'> & { stats(): Pick<HubStats, 'live'> };
  readonly gateway: Pick<Gateway, 'drain' | 'stats'>;
  readonly chat: Pick<Chat, 'settle'>;
  /** `settle` tells those inside what is due of their room's end. */
  readonly endings: { settle(): Awaitable<void> };
  readonly restarts: Pick<Restarts, 'expectedMs' | 'ending'>;
  readonly store: {
    readonly sessions: Pick<Store['sessions'], 'write' | 'append'>;
    readonly isLocked: Store['isLocked'];
  };
  readonly clock: Clock;
  readonly log: Log;
  /** Makes `/ready` answer 503. */
  readonly startDraining: () => void;
  readonly stopListening: () => void;
}

/** Does what [SE8] says, in its order: readiness, upgrades, `server:draining`, snapshot, close. */
export async function drain(deps: DrainDeps): Promise<void> {
  const { hub, gateway, restarts, clock, log } = deps;
  const began = clock.monotonic();
  const sessions = hub.stats().live;
  deps.startDraining();
  gateway.drain();
  const restartMs = restarts.expectedMs(sessions);
  hub.drain(restartMs);
  if (sessions > 0) log.info('clients were told to come back', { sessions, afterMs: restartMs });
  const leftOf = (ms: number) => Math.max(began + ms - clock.monotonic(), 0);
  const noticeMs = Math.max(DRAIN_NOTICE_MS - sessions * SAVING_MS_PER_SESSION, MIN_NOTICE_MS);
  await restarts.ending(sessions, clock.now() + leftOf(noticeMs));
  await pause(clock, leftOf(noticeMs));
  try {
    await save(deps);
  } catch (error) {
    log.error('sessions could not be saved: their clients will join anew', { error });
    // The slices close the connections with 4100, saved or not.
    for (const _ of hub.slices()) if (gateway.stats().connections === 0) break;
  }
  if (leftOf(DRAIN_NOTICE_MS) > 0) await pause(clock, leftOf(DRAIN_NOTICE_MS));
  deps.stopListening();
  const deadline = clock.monotonic() + CLOSING_MS;
  while (gateway.stats().connections > 0 && clock.monotonic() < deadline) await pause(clock, CLOSING_STEP_MS);
}

/** Saves as many sessions as it can within `SNAPSHOT_MS`, and lets the event loop turn between two slices. */
async function save({ hub, chat, endings, store, clock, log }: DrainDeps): Promise<void> {
  const deadline = clock.monotonic() + SNAPSHOT_MS;
  let sessions = 0;
  const unlocked = (write: () => Awaitable<void>) => writeUnlocked({ store, clock }, deadline, write);
  // The next process goes on from the time of the snapshot.
  await endings.settle();
  await unlocked(() => store.sessions.write(SNAPSHOT_VERSION, clock.now(), []));
  // A session that is saved with a message still to be answered would send it again.
  await chat.settle();
  for (const rows of hub.slices()) {
    if (rows.length > 0) await unlocked(() => store.sessions.append(rows));
    sessions += rows.length;
    if (clock.monotonic() >= deadline) {
      log.warn('not all sessions could be saved in time: the other clients will join anew', {
        sessions,
        ms: SNAPSHOT_MS,
      });
      return;
    }
    await nextTurn();
    await chat.settle();
  }
  log.info('sessions were saved', { sessions });
}

/** Retries the write until another program, such as a backup, has unlocked the database. */
async function writeUnlocked(
  { store, clock }: Pick<DrainDeps, 'store' | 'clock'>,
  deadline: number,
  write: () => Awaitable<void>,
): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!store.isLocked(error) || clock.monotonic() >= deadline) throw error;
    }
    await pause(clock, LOCKED_STEP_MS);
  }
}

/**
 * Restores the sessions that a drain saved [SE8]. If it can't, their clients start new sessions. Call it before the server listens,
 * and delete the snapshot after that: a start that fails leaves it to the next one.
 * @returns when they were saved, in milliseconds since 1970; undefined if there are none
 */
export async function restoreSessions(
  store: { readonly sessions: Pick<Store['sessions'], 'read'> },
  hub: Pick<Hub, 'restore'>,
  log: Log,
): Promise<number | undefined> {
  const snapshot = await store.sessions.read();
  if (snapshot === undefined) return undefined;
  const { schemaVersion, rows } = snapshot;
  if (!isReadable(schemaVersion)) {
    log.warn('saved sessions are of a version that this build does not read: their clients will join anew', {
      found: schemaVersion,
      expected: SNAPSHOT_VERSION,
    });
    return undefined;
  }
  try {
    log.info('sessions wait to be resumed', { sessions: hub.restore(snapshot) });
    return snapshot.savedAt;
  } catch (error) {
    log.error('saved sessions could not be restored: their clients will join anew', {
      sessions: rows.length,
      error,
    });
    return undefined;
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((over) => clock.after(ms, over));
}
