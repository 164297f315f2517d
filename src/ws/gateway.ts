import type { Accounts } from '../accounts/accounts.ts';
import type { ClientAddress } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OriginCheck } from '../lib/origins.ts';
import type { TemplatedApp } from '../native/uws.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Hub } from '../signaling/hub.ts';

export interface GatewayDeps {
  readonly hub: Hub;
  readonly accounts: Pick<Accounts, 'verify'>;
  readonly rooms: Pick<Rooms, 'admit'>;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly clientAddress: ClientAddress;
  /** Whether a browser on this page may connect [HT6]. `host`: the request's Host header. */
  readonly allowsOrigin: OriginCheck;
}

export interface GatewayStats {
  readonly connections: number;
  readonly received: number;
  readonly refused: number;
}

export interface Gateway {
  stats(): GatewayStats;
  /** Refuses new upgrades with 503 from now on [SE8]; then `hub.drain()`. */
  drain(): void;
  close(): void;
}

/** Serves `/ws` and `/ws/rooms/:roomId` [WS1]. Before `app.listen`. */
export declare function attachGateway(app: TemplatedApp, deps: GatewayDeps): Gateway;
