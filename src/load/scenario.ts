import { performance } from 'node:perf_hooks';
import type { Clock } from '../lib/clock.ts';
import type { PeerToken } from './credentials.ts';
import type { LoadOptions } from './options.ts';
import { pace } from './pace.ts';
import { SimulatedPeer } from './peer.ts';
import { exponential, fork, pick, type Random } from './random.ts';
import { countError, type Run } from './run.ts';
import { createScript } from './sdp.ts';
import type { ServerApi } from './server-api.ts';

interface ScenarioDeps {
  readonly options: LoadOptions;
  readonly run: Run;
  readonly api: ServerApi;
  readonly credentials: readonly PeerToken[];
  /** Ends the run early, but still waits for what was sent. */
  readonly signal: AbortSignal;
  /** Ends that wait too. */
  readonly hurry: AbortSignal;
}

/** Runs what is due for a peer at `dueAt`. @param random for everything that follows from it */
type Fire = (peer: SimulatedPeer, dueAt: number, random: Random) => void;

/** The outcome of a run, besides the accounting. */
export interface Outcome {
  /** Seconds from the first join to the end of the last action. */
  readonly seconds: number;
  /** Share of time that this process was busy, 0 to 1. */
  readonly utilization: number;
  readonly interrupted: boolean;
}

/** Concurrent requests that create rooms. */
const ROOMS_AT_ONCE = 16;
/** Max time (ms) to wait for messages under way at the end. */
const DRAIN_MS = 10_000;
/** Milliseconds between checks during that wait. */
const LOOK_MS = 20;
/** Milliseconds after which a peer that left returns. */
const AWAY_MS = { min: 1_000, max: 5_000 };
const MINUTE_MS = 60_000;

/** Fills the rooms, keeps the peers busy, and waits until every message is accounted for. */
export async function runScenario(deps: ScenarioDeps): Promise<Outcome> {
  const { options, run, signal } = deps;
  const { clock } = run;
  const peers = await createPeers(deps);
  const startedAt = clock.monotonic();
  const busy = performance.eventLoopUtilization();
  const until = startedAt + (peers.length / options.joinRate + options.duration) * 1_000;
  const poisson = (perMinute: number, fire: Fire): Promise<void> => {
    const random = fork(run.random);
    if (perMinute === 0) return Promise.resolve();
    const gap = (): number => exponential(random, perMinute / MINUTE_MS);
    const chance = (dueAt: number): void => fire(pick(random, peers) ?? noPeer(), dueAt, fork(random));
    return pace({ clock, signal, until, gap, fire: chance });
  };
  const joins = peers.values();
  const pending = new Set<Promise<void>>();
  const track = (promise: Promise<void>): void => {
    pending.add(promise);
    void promise.finally(() => pending.delete(promise));
  };

  await Promise.all([
    pace({
      clock,
      signal,
      until,
      gap: () => 1_000 / options.joinRate,
      fire(dueAt) {
        const { value: peer } = joins.next();
        if (peer !== undefined) track(peer.join(dueAt));
      },
    }),
    poisson(options.rate * 60, (peer, dueAt) => peer.act(dueAt)),
    poisson((peers.length * options.drop) / 100, (peer) => peer.cut()),
    poisson((peers.length * options.churn) / 100, (peer, dueAt, random) => {
      if (peer.isInside) track(leaveAndReturn(deps, peer, dueAt, random));
    }),
  ]);
  const seconds = (clock.monotonic() - startedAt) / 1_000;
  await drain(run, pending, deps.hurry);
  const { utilization } = performance.eventLoopUtilization(busy);
  run.accounting.close();
  for (const peer of peers) peer.close();
  return { seconds, utilization, interrupted: signal.aborted };
}

async function createPeers({ options, run, api, credentials }: ScenarioDeps): Promise<SimulatedPeer[]> {
  const roomIds = await createRooms(options, api, credentials);
  return credentials.map((token, index) => {
    const roomId = roomIds[Math.floor(index / options.peers)] ?? noPeer();
    const random = fork(run.random);
    return new SimulatedPeer({ run, token, roomId, random, script: createScript(random) });
  });
}

async function createRooms(
  { rooms, peers }: LoadOptions,
  api: ServerApi,
  credentials: readonly PeerToken[],
): Promise<string[]> {
  const roomIds: string[] = [];
  const numbers = Array.from({ length: rooms }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of numbers) {
      const token = await (credentials[index * peers] ?? noPeer())(false);
      roomIds[index] = await api.createRoom(token, Math.max(2, peers));
    }
  };
  await Promise.all(Array.from({ length: Math.min(ROOMS_AT_ONCE, rooms) }, worker));
  return roomIds;
}

/** Half of the peers that leave also end their session. Nobody returns to a run that is over. */
async function leaveAndReturn(
  { run: { clock }, signal }: ScenarioDeps,
  peer: SimulatedPeer,
  dueAt: number,
  random: Random,
): Promise<void> {
  await peer.leave(dueAt, random() < 0.5 ? 'room' : 'session');
  const backAt = clock.monotonic() + AWAY_MS.min + random() * (AWAY_MS.max - AWAY_MS.min);
  await sleep(clock, backAt - clock.monotonic(), signal);
  if (!signal.aborted) await peer.join(backAt);
}

/** Waits until nothing is under way, at most `DRAIN_MS`; counts what is still unanswered then. */
async function drain(run: Run, pending: ReadonlySet<Promise<void>>, hurry: AbortSignal): Promise<void> {
  const { accounting, clock, counts } = run;
  const deadline = clock.monotonic() + DRAIN_MS;
  const isQuiet = (): boolean =>
    pending.size === 0 && counts.down === 0 && counts.unanswered === 0 && accounting.countOwed() === 0;
  while (!isQuiet() && !hurry.aborted && clock.monotonic() < deadline) await sleep(clock, LOOK_MS, hurry);
  for (let begun = counts.attempts - counts.joins - counts.failedJoins; begun > 0; begun -= 1) {
    counts.failedJoins += 1;
    countError(run, new UnansweredError());
  }
  for (let unanswered = counts.unanswered; unanswered > 0; unanswered -= 1) {
    countError(run, new UnansweredError());
  }
}

class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  readonly code = 'unanswered';
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });
}

function noPeer(): never {
  throw new RangeError('A run needs at least one peer in one room.');
}
