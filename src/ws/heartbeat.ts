import type { Clock } from '../lib/clock.ts';
import type { Connection } from './connection.ts';

/**
 * Max ticks per round of pings. Pings are spread over the ticks, because a ping and its pong are two system calls: with 50
 * ticks and 4,000 connections, 80 pings went out at once and delayed messages by 1 to 2 ms.
 */
const TICKS = 1_000;
/** Min milliseconds between two ticks. A short heartbeat has fewer ticks. */
const MIN_TICK_MS = 5;
/** A connection ends after this many heartbeats without a frame or a pong. */
const MAX_QUIET_HEARTBEATS = 2;
/** Max idle timeout of uWS in seconds. uWS closes a connection that has no traffic for that long. */
const MAX_IDLE_SECONDS = 960;
/**
 * Max milliseconds between two pings, so that uWS's idle timeout never ends a connection that answers. A longer heartbeat
 * has several pings.
 */
const MAX_PING_INTERVAL_MS = (MAX_IDLE_SECONDS * 1_000) / 4;

interface HeartbeatDeps {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Called if a connection sent nothing for `MAX_QUIET_HEARTBEATS` heartbeats. */
  readonly onSilent: (connection: Connection) => void;
}

export interface Heartbeat {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  readonly size: number;
  close(): void;
}

/**
 * Returns uWS's idle timeout in seconds. The heartbeat closes a silent connection first; the idle timeout ends connections
 * whose clients don't read the close frame.
 */
export function idleTimeoutSeconds(heartbeatMs: number): number {
  return Math.min(Math.max(Math.ceil((4 * heartbeatMs) / 1_000), 12), MAX_IDLE_SECONDS);
}

/**
 * Pings every connection once per heartbeat (more often if that is long), a few at a time, with one timer for all.
 *
 * Each connection keeps its slot in a ring. Each tick visits the slots that are due, so a connection is visited exactly one
 * round after the last time, whatever other connections open or close meanwhile. A new connection takes the slot that
 * became free last. One tick therefore visits at most the highest number of connections ever open at once, divided by the
 * ticks per round, rounded up.
 */
export function createHeartbeat({ clock, heartbeatMs, onSilent }: HeartbeatDeps): Heartbeat {
  const pingsPerHeartbeat = Math.ceil(heartbeatMs / MAX_PING_INTERVAL_MS);
  const roundMs = heartbeatMs / pingsPerHeartbeat;
  const maxQuiet = MAX_QUIET_HEARTBEATS * pingsPerHeartbeat;
  const ticks = Math.max(1, Math.min(TICKS, Math.floor(roundMs / MIN_TICK_MS)));
  const tickMs = roundMs / ticks;
  const startedAt = clock.monotonic();
  /**
   * `slots[slot]` is visited in tick `ticks - 1 - (slot % ticks)` of each round. Its length is the highest number of
   * connections ever open at once.
   */
  const slots: (Connection | undefined)[] = [];
  /** Free indexes of `slots`. */
  const free: number[] = [];
  /** Ticks since the start. */
  let ticked = 0;

  function visit(connection: Connection): void {
    if (connection.quiet >= maxQuiet) onSilent(connection);
    else {
      connection.quiet += 1;
      connection.ping();
    }
  }

  const stop = clock.every(tickMs, () => {
    // Counted from the clock, because timers are late.
    const due = Math.floor((clock.monotonic() - startedAt) / tickMs);
    // After a stall, each connection gets at most one ping.
    ticked = Math.max(ticked, due - ticks);
    for (; ticked < due; ticked += 1) {
      for (let slot = ticks - 1 - (ticked % ticks); slot < slots.length; slot += ticks) {
        const connection = slots[slot];
        if (connection !== undefined) visit(connection);
      }
    }
  });

  return {
    add(connection) {
      connection.heartbeatSlot = free.pop() ?? slots.length;
      slots[connection.heartbeatSlot] = connection;
    },
    remove(connection) {
      const { heartbeatSlot: slot } = connection;
      if (slot === undefined) return;
      connection.heartbeatSlot = undefined;
      slots[slot] = undefined;
      free.push(slot);
    },
    get size() {
      return slots.length - free.length;
    },
    close: () => stop(),
  };
}
