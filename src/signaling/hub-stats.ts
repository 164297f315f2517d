import type { ErrorCode } from '../protocol/codes.ts';
import type { CallPath } from '../protocol/events.ts';
import type { CallPaths } from './calls/call-paths.ts';
import type { CallRelay } from './calls/call-relay.ts';
import type { Arrivals } from './life/arrivals.ts';
import type { Lifecycle } from './life/lifecycle.ts';
import type { LiveRooms } from './live-rooms/live-rooms.ts';
import type { RefusedJoins } from './live-rooms/refused-joins.ts';
import type { Inbox } from './session/inbox.ts';
import type { Registry } from './session/registry.ts';
import type { SessionContext } from './session/session.ts';

export interface HubStats {
  readonly live: number;
  readonly suspended: number;
  readonly rooms: number;
  /** Sessions begun since the start, resumes not counted. */
  readonly sessionsBegun: number;
  /** Resumes since the start. */
  readonly resumed: number;
  readonly resumesRefused: number;
  /** Of these, by a client whose session was there, but had lost messages [SE4]. */
  readonly resumesTooLate: number;
  /** Messages from clients since the start. */
  readonly received: number;
  /** Of these, answered with `error`, by its code. */
  readonly refused: ReadonlyMap<ErrorCode, number>;
  /** Sessions with a message that is still being answered. */
  readonly answering: number;
  /** Messages to clients since the start. */
  readonly sent: number;
  /** Call messages passed on since the start, counted once per recipient. */
  readonly relayed: number;
  /** As `CallPaths.outcomes`. */
  readonly callPaths: Readonly<Record<CallPath, number>>;
  /** As `RefusedJoins.counts`. */
  readonly joinsRefused: ReadonlyMap<ErrorCode, number>;
}

interface HubParts {
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly liveRooms: LiveRooms;
  readonly arrivals: Arrivals;
  readonly context: SessionContext;
  readonly calls: CallRelay;
  readonly callPaths: CallPaths;
  readonly refusedJoins: RefusedJoins;
  readonly inbox: Inbox;
}

/** Reads what a hub's parts have counted. */
export function readHubStats({
  registry,
  lifecycle,
  liveRooms,
  arrivals,
  context,
  calls,
  callPaths,
  refusedJoins,
  inbox,
}: HubParts): HubStats {
  return {
    live: registry.size - lifecycle.suspended,
    suspended: lifecycle.suspended,
    rooms: liveRooms.size,
    sessionsBegun: arrivals.begun,
    resumed: arrivals.resumed,
    resumesRefused: arrivals.refused,
    resumesTooLate: arrivals.tooLate,
    received: inbox.received,
    refused: inbox.refused,
    answering: inbox.answering,
    sent: context.sent,
    relayed: calls.relayed,
    callPaths: callPaths.outcomes,
    joinsRefused: refusedJoins.counts,
  };
}
