import type { Clock } from '../lib/clock.ts';
import type { Connection } from './socket.ts';

/** Looks per heartbeat: the pings of many connections are spread over them. */
const SLICES = 50;
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
 * Pings every connection once in `heartbeatMs`, going round, a slice at a time: one timer for all, and no burst when
 * thousands came at once.
 */
export function createHeartbeat({ clock, heartbeatMs, onSilent }: HeartbeatDeps): Heartbeat {
  const connections = new Set<Connection>();
  let round = connections.values();
  /** The share of a connection that is due, carried to the next slice. */
  let due = 0;

  function visit(connection: Connection): void {
    if (connection.quiet >= QUIET_HEARTBEATS) onSilent(connection);
    else {
      connection.quiet += 1;
      connection.ping();
    }
  }

  const stop = clock.every(heartbeatMs / SLICES, () => {
    due += connections.size / SLICES;
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
