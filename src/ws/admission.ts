import type { Accounts } from '../accounts/accounts.ts';
import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import { type Borrowed, keep, lend } from '../lib/borrowed.ts';
import type { Clock } from '../lib/clock.ts';
import { continueFor } from '../lib/continuation.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Log } from '../lib/log.ts';
import { CLOSE, type CloseCode } from '../protocol/codes.ts';
import { UNAUTHENTICATED_MS } from '../protocol/limits.ts';
import type { RoomTokens } from '../rooms/room-tokens.ts';
import type { Hub } from '../signaling/hub.ts';
import { WaitingLine } from '../signaling/session/waiting-line.ts';
import type { Connection } from './connection.ts';
import type { Handshake } from './handshake.ts';

/** Max bytes of waiting messages per connection whose token is still being verified. */
export const EARLY_BYTES = 16_384;
const EARLY = { messages: 64, bytes: EARLY_BYTES };

/** Milliseconds between two searches for connections whose token takes too long to verify. */
const SWEEP_MS = 1_000;
/** Max connections whose tokens are being verified at once; more are closed with 1013. */
export const MAX_UNVERIFIED = 10_000;

interface AdmissionDeps {
  readonly hub: Hub;
  readonly accounts: Pick<Accounts, 'verify' | 'remembered'>;
  readonly roomTokens: Pick<RoomTokens, 'isWorthless'>;
  readonly limitHits: Pick<LimitHits, 'hit' | 'note'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Turns an open connection into a session: verifies its token, and holds messages that arrive before that. */
export interface Admission {
  /** Call it in uWS's open handler: frames sent there leave in one write with the reply to the upgrade. */
  begin(connection: Connection): void;
  /** Holds a message that arrives before the session exists. */
  early(connection: Connection, bytes: Borrowed): void;
  /** Forgets a connection that has closed. */
  forget(connection: Connection): void;
  /** Connections whose token is being verified. */
  readonly pending: number;
  close(): void;
}

interface Pending {
  /** When verification began, in the clock's monotonic milliseconds. */
  readonly since: number;
  /** Messages that arrived so far; created with the first, because most clients send nothing before `welcome`. */
  waiting: WaitingLine<Uint8Array> | undefined;
}

export function createAdmission(deps: AdmissionDeps): Admission {
  const { hub, accounts, roomTokens, limitHits, clock, log } = deps;
  const pending = new Map<Connection, Pending>();
  const stopSweeping = clock.every(SWEEP_MS, () => {
    const latest = clock.monotonic() - UNAUTHENTICATED_MS;
    for (const [connection, { since }] of pending) {
      if (since > latest) break;
      turnAway(connection, CLOSE.unauthorized);
    }
  });

  function begin(connection: Connection): void {
    const { handshake } = connection;
    connection.handshake = undefined;
    // [WS2] A browser can't read the status of a refused upgrade, but it can read a close code.
    if (handshake?.token === undefined) {
      connection.close(CLOSE.unauthorized);
      return;
    }
    try {
      const identity = accounts.remembered(handshake.token, connection);
      if (identity === undefined || mayHaveLostRoom(identity, handshake)) {
        verify(connection, handshake, handshake.token);
      } else welcome(connection, identity, handshake);
    } catch (error) {
      refuse(connection, error);
    }
  }

  /** Only the store knows whether a token for one room is worthless there [TK4]. It can't resume a session then. */
  function mayHaveLostRoom({ room }: Identity, { resume }: Handshake): boolean {
    return room !== null && resume !== undefined;
  }

  function verify(connection: Connection, handshake: Handshake, token: string): void {
    if (pending.size >= MAX_UNVERIFIED) {
      limitHits.hit('unverified_connections');
      turnAway(connection, CLOSE.tryAgainLater);
      return;
    }
    pending.set(connection, { since: clock.monotonic(), waiting: undefined });
    let isVerified = false;
    const verified = continueFor(connection, accounts.verify(token, connection), (identity) => {
      isVerified = true;
      const hasLost = mayHaveLostRoom(identity, handshake) && roomTokens.isWorthless(identity);
      return continueFor(connection, hasLost, (isWorthless) => {
        // The login may have been ended while the token was verified: `remembered` refuses it then.
        const current = accounts.remembered(token, connection) ?? identity;
        const allowed = isWorthless ? { ...handshake, resume: undefined } : handshake;
        connection.cork(() => welcome(connection, current, allowed));
      });
    });
    verified?.catch((error: unknown) => {
      if (isVerified) refuse(connection, error);
      else refuseToken(connection, error);
    });
  }

  /** @throws ParleyError if the hub refuses the session */
  function welcome(connection: Connection, identity: Identity, { resume, roomId }: Handshake): void {
    const early = pending.get(connection)?.waiting;
    try {
      pending.delete(connection);
      const session = hub.connect({ identity, socket: connection, resume });
      connection.session = session;
      // [WS1] As if `room:join` were the client's first message.
      if (roomId !== undefined && session.participant?.room.roomId !== roomId) session.receiveJoin(roomId);
      for (let next = early?.shift(); next !== undefined; next = early?.shift()) {
        if (!session.isOn(connection)) return;
        session.receive(lend(next));
      }
    } finally {
      early?.clear();
    }
  }

  /** Closes with 1013 if the trusted issuer can't be reached, so that the client tries again later. */
  function refuseToken(connection: Connection, error: unknown): void {
    if (error instanceof ParleyError && error.code === 'unavailable')
      turnAway(connection, CLOSE.tryAgainLater);
    else refuse(connection, error);
  }

  function refuse(connection: Connection, error: unknown): void {
    if (error instanceof ParleyError) {
      limitHits.note(error);
      turnAway(connection, closeCodeOf(error));
      return;
    }
    log.error('a connection could not be admitted', { address: connection.address, error });
    forget(connection);
    connection.drop();
  }

  function turnAway(connection: Connection, code: CloseCode): void {
    forget(connection);
    connection.close(code);
  }

  function forget(connection: Connection): void {
    pending.get(connection)?.waiting?.clear();
    pending.delete(connection);
  }

  return {
    begin,
    early(connection, bytes) {
      const arriving = pending.get(connection);
      if (arriving === undefined) return;
      arriving.waiting ??= new WaitingLine(hub.waiting, EARLY);
      const outcome = arriving.waiting.push(keep(bytes), bytes.length);
      if (outcome !== 'taken') limitHits.hit('unverified_connections');
      if (outcome === 'full') turnAway(connection, CLOSE.rateLimited);
      else if (outcome === 'all_full') turnAway(connection, CLOSE.tryAgainLater);
    },
    forget,
    get pending() {
      return pending.size;
    },
    close: () => stopSweeping(),
  };
}

function closeCodeOf({ code }: ParleyError): CloseCode {
  if (code === 'too_many_sessions') return CLOSE.tooManySessions;
  if (code === 'unavailable') return CLOSE.draining;
  if (code === 'rate_limited') return CLOSE.rateLimited;
  return CLOSE.unauthorized;
}
