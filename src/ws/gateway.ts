import type { Accounts } from '../accounts/accounts.ts';
import { restarting } from '../domain/refusals.ts';
import type { AddressResolver } from '../lib/addresses.ts';
import { lend } from '../lib/borrowed.ts';
import type { Clock } from '../lib/clock.ts';
import type { LimitHits } from '../lib/limit-hits.ts';
import type { Log } from '../lib/log.ts';
import type { OriginCheck } from '../lib/origins.ts';
import { CLOSE } from '../protocol/codes.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RoomTokens } from '../rooms/room-tokens.ts';
import type { Hub } from '../signaling/hub.ts';
import { sendBody } from '../uws/send.ts';
import type { HttpRequest, HttpResponse, Routes, SocketContext, WebSocketBehavior } from '../uws/types.ts';
import { createAdmission } from './admission.ts';
import { Connection, type UserData } from './connection.ts';
import { copyRequest, readHandshake, selectProtocol } from './handshake.ts';
import { createHeartbeat, idleTimeoutSeconds } from './heartbeat.ts';
import { createRefusedOrigins } from './refused-origins.ts';

export interface GatewayDeps {
  readonly hub: Hub;
  readonly accounts: Pick<Accounts, 'verify' | 'remembered'>;
  readonly roomTokens: Pick<RoomTokens, 'isWorthless'>;
  readonly limits: Limits;
  readonly limitHits: Pick<LimitHits, 'hit' | 'note'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Returns a text that no other call returns. */
  readonly uniqueId: () => string;
  readonly resolveAddress: AddressResolver;
  /** Whether a page of this origin may connect [HT6]. */
  readonly allowsOrigin: OriginCheck;
}

export interface GatewayStats {
  readonly connections: number;
  /** Connections whose token is being verified, and sessions with a message that is still being answered. */
  readonly waiting: number;
}

export interface Gateway {
  stats(): GatewayStats;
  /** Refuses new upgrades with 503 from now on [SE8]; then `hub.drain()`. */
  drain(): void;
  close(): void;
}

/** Serves `/ws` and `/ws/rooms/:roomId` [WS1]. Call it before `app.listen`. */
export function attachGateway(app: Pick<Routes, 'ws'>, deps: GatewayDeps): Gateway {
  const { hub, limits, clock } = deps;
  const admission = createAdmission(deps);
  const heartbeat = createHeartbeat({
    clock,
    heartbeatMs: limits.heartbeatMs,
    onSilent: (connection) => cut(connection, CLOSE.heartbeatTimeout),
  });
  const logRefused = createRefusedOrigins(deps);
  let draining = false;

  /** The log's line of one request, as for those that are no upgrades. */
  function logRequest({ roomId }: { readonly roomId: string | undefined }, status: number): void {
    if (deps.log.isDebug !== true) return;
    const route = roomId === undefined ? '/ws' : '/ws/rooms/:roomId';
    deps.log.debug('request', { requestId: deps.uniqueId(), method: 'GET', route, status });
  }

  function upgrade(res: HttpResponse, req: HttpRequest, context: SocketContext): void {
    const request = copyRequest(req);
    if (request.isAmbiguous) {
      res.close();
      return;
    }
    if (draining) {
      refuse(res, '503 Service Unavailable', restarting().message);
      logRequest(request, 503);
      return;
    }
    // Only browsers send Origin.
    if (request.origin !== '' && !deps.allowsOrigin(request.origin, request.host)) {
      logRefused(request.origin, request.host);
      refuse(res, '403 Forbidden', 'Pages of this origin may not connect. Set PUBLIC_URL or CORS_ORIGINS.');
      logRequest(request, 403);
      return;
    }
    const connection = new Connection(readHandshake(request), request.forwardedFor, deps.resolveAddress);
    const data: UserData = { connection };
    res.upgrade(data, request.key, selectProtocol(request), request.extensions, context);
    logRequest(request, 101);
  }

  function message(connection: Connection, bytes: ArrayBuffer, isBinary: boolean): void {
    connection.quiet = 0;
    if (isBinary) {
      cut(connection, CLOSE.unsupportedData);
      return;
    }
    if (bytes.byteLength > limits.messageBytes) {
      cut(connection, CLOSE.tooLarge);
      return;
    }
    const { session } = connection;
    if (session === undefined) admission.early(connection, lend(new Uint8Array(bytes)));
    else if (session.isOn(connection)) session.receive(lend(new Uint8Array(bytes)));
  }

  /** Closes the connection; its session, if any, is suspended [SE2]. */
  function cut(connection: Connection, code: Parameters<Connection['close']>[0]): void {
    if (connection.session?.isOn(connection)) hub.suspend(connection.session, connection, code);
    else connection.close(code);
  }

  function closed(connection: Connection, code: number): void {
    connection.closed();
    heartbeat.remove(connection);
    admission.forget(connection);
    const { session } = connection;
    if (session === undefined || !session.isOn(connection)) return;
    if (code === CLOSE.normal || code === CLOSE.goingAway) hub.bye(session);
    else hub.suspend(session, connection);
  }

  /** An exception in a uWS handler would end the process. Here it ends one connection. */
  function guarded(connection: Connection, run: () => void): void {
    try {
      run();
    } catch (error) {
      deps.log.error('a WebSocket handler failed', { address: connection.address, error });
      connection.drop();
    }
  }

  const behavior: WebSocketBehavior<UserData> = {
    // Above this, uWS drops the connection without a close frame. Below it, `message` can send close code 1009.
    maxPayloadLength: 4 * limits.messageBytes,
    // More than `backpressureBytes`, so that the session closes a slow connection before uWS drops a message.
    maxBackpressure: limits.backpressureBytes + 2 * limits.messageBytes,
    idleTimeout: idleTimeoutSeconds(limits.heartbeatMs),
    sendPingsAutomatically: false,
    upgrade,
    open(ws) {
      const { connection } = ws;
      guarded(connection, () => {
        connection.opened(ws);
        heartbeat.add(connection);
        admission.begin(connection);
      });
    },
    message({ connection }, bytes, isBinary) {
      guarded(connection, () => message(connection, bytes, isBinary));
    },
    pong(ws) {
      ws.connection.quiet = 0;
    },
    close({ connection }, code) {
      guarded(connection, () => closed(connection, code));
    },
  };
  app.ws<UserData>('/ws', behavior);
  app.ws<UserData>('/ws/rooms/:roomId', behavior);

  return {
    stats: () => ({
      connections: heartbeat.size,
      waiting: admission.pending + hub.stats().answering,
    }),
    drain() {
      draining = true;
    },
    close() {
      heartbeat.close();
      admission.close();
    },
  };
}

function refuse(res: HttpResponse, status: string, detail: string): void {
  res.onAborted(() => {});
  res.cork(() => {
    res.writeStatus(status).writeHeader('Content-Type', 'text/plain; charset=utf-8');
    sendBody(res, `${detail}\n`);
  });
}
