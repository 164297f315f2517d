import type { Clock } from '../lib/clock.ts';
import type { Connection } from './connection.ts';

/**
 * Looks per heartbeat: the pings of many connections are spread over them. A ping and its pong are two calls into the
 * kernel. With fifty looks, 4,000 connections meant eighty pings at a time, and messages waited a millisecond or two.
 */
const LOOKS = 1_000;
/** Milliseconds: a short heartbeat has fewer looks. */
const SHORTEST_LOOK_MS = 5;
/** Heartbeats without a frame or a pong that end a connection. */
const QUIET_HEARTBEATS = 2;
/** Seconds: the longest idle timeout that uWS has. It closes a connection without traffic after that. */
const MOST_IDLE_SECONDS = 960;
/**
 * Milliseconds between two pings at most, so that uWS's idle timeout never ends a connection that answers. A longer
 * heartbeat has several pings.
 */
const PING_MOST_MS = (MOST_IDLE_SECONDS * 1_000) / 4;

interface HeartbeatDeps {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Called if nothing came for two heartbeats. */
  readonly onSilent: (connection: Connection) => void;
}

export interface Heartbeat {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  readonly size: number;
  close(): void;
}

/** uWS's idle timeout. The heartbeat ends a silent connection first; this is for those that don't read the close frame. */
export function idleTimeoutSeconds(heartbeatMs: number): number {
  return Math.min(Math.max(Math.ceil((4 * heartbeatMs) / 1_000), 12), MOST_IDLE_SECONDS);
}

/**
 * Pings every connection once in `heartbeatMs`, a few at a time: one timer for all.
 *
 * Each connection has a place in a ring, and keeps it. Each look visits the places whose turn it is, so a connection is
 * due exactly one round after it was due before, whoever comes and goes meanwhile. A place that became free is the
 * next one to be taken: however connections come and go, the connections of one look are never more than
 * `LOOKS`ths of the most that were ever open at once, rounded up.
 */
export function createHeartbeat({ clock, heartbeatMs, onSilent }: HeartbeatDeps): Heartbeat {
  const pingsPerHeartbeat = Math.ceil(heartbeatMs / PING_MOST_MS);
  const roundMs = heartbeatMs / pingsPerHeartbeat;
  const mostQuiet = QUIET_HEARTBEATS * pingsPerHeartbeat;
  const looks = Math.max(1, Math.min(LOOKS, Math.floor(roundMs / SHORTEST_LOOK_MS)));
  const lookMs = roundMs / looks;
  const startedAt = clock.monotonic();
  /**
   * The turn of `places[place]` is look `looks - 1 - (place % looks)` of each round. As long as the most connections that
   * were ever open.
   */
  const places: (Connection | undefined)[] = [];
  /** Indexes of `places` that are free. */
  const free: number[] = [];
  /** Looks since the start. */
  let looked = 0;

  function visit(connection: Connection): void {
    if (connection.quiet >= mostQuiet) onSilent(connection);
    else {
      connection.quiet += 1;
      connection.ping();
    }
  }

  const stop = clock.every(lookMs, () => {
    // Counted by the time that went by, because timers are late.
    const due = Math.floor((clock.monotonic() - startedAt) / lookMs);
    // A process that was held up owes nobody two pings.
    looked = Math.max(looked, due - looks);
    for (; looked < due; looked += 1) {
      for (let place = looks - 1 - (looked % looks); place < places.length; place += looks) {
        const connection = places[place];
        if (connection !== undefined) visit(connection);
      }
    }
  });

  return {
    add(connection) {
      connection.beat = free.pop() ?? places.length;
      places[connection.beat] = connection;
    },
    remove(connection) {
      const { beat } = connection;
      if (beat === undefined) return;
      connection.beat = undefined;
      places[beat] = undefined;
      free.push(beat);
    },
    get size() {
      return places.length - free.length;
    },
    close: () => stop(),
  };
}
