import type { Clock } from '../lib/clock.ts';
import type { Connection } from './socket.ts';

/**
 * Looks per heartbeat: the pings of many connections are spread over them. A ping and its pong are two calls into the
 * kernel: those of 4,000 connections in fifty looks were eighty at a time, and messages waited a millisecond or two.
 */
const LOOKS = 1_000;
/** Milliseconds: with a short heartbeat there are fewer looks. */
const SHORTEST_LOOK_MS = 5;
/** Heartbeats without a frame or a pong that end a connection. */
const QUIET_HEARTBEATS = 2;

interface HeartbeatDeps {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Nothing came from it for two heartbeats. */
  readonly onSilent: (connection: Connection) => void;
}

export interface Heartbeat {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  readonly size: number;
  close(): void;
}

/**
 * Pings every connection once in `heartbeatMs`, going round, a few at a time: one timer for all, and no burst when
 * thousands came at once.
 */
export function createHeartbeat({ clock, heartbeatMs, onSilent }: HeartbeatDeps): Heartbeat {
  const connections = new Set<Connection>();
  let round = connections.values();
  /** The share of a connection that is due, carried to the next look. */
  let due = 0;
  let lookedAt = clock.monotonic();

  function visit(connection: Connection): void {
    if (connection.quiet >= QUIET_HEARTBEATS) onSilent(connection);
    else {
      connection.quiet += 1;
      connection.ping();
    }
  }

  const stop = clock.every(Math.max(heartbeatMs / LOOKS, SHORTEST_LOOK_MS), () => {
    const now = clock.monotonic();
    // By the time that went by: timers are late, and a process that was held up owes nobody two pings.
    due = Math.min(due + (connections.size * (now - lookedAt)) / heartbeatMs, connections.size);
    lookedAt = now;
    for (; due >= 1; due -= 1) {
      let next = round.next();
      if (next.done) {
        round = connections.values();
        next = round.next();
      }
      if (!next.done) visit(next.value);
    }
  });

  return {
    add: (connection) => connections.add(connection),
    remove: (connection) => connections.delete(connection),
    get size() {
      return connections.size;
    },
    close: () => stop(),
  };
}
