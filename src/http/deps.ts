import type { Accounts } from '../accounts/accounts.ts';
import type { Network } from '../lib/addresses.ts';
import type { Clock } from '../lib/clock.ts';
import type { RoomId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { IceServer, Peer } from '../protocol/fields.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Figures } from './metrics.ts';

/** What HTTP asks of the live state: who is inside. */
export interface Inside {
  participants(roomId: RoomId): number;
  /** As a newcomer would find them. */
  peersOf(roomId: RoomId): readonly Peer[];
}

export interface HttpDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly hub: Inside;
  /** STUN and TURN for one user, until `expiresAt` (milliseconds since 1970). */
  readonly iceServers: (subject: string) => {
    readonly iceServers: readonly IceServer[];
    readonly expiresAt: number;
  };
  /** What `/metrics` shows beside the process's own figures. */
  readonly figures: () => Figures;
  /** From SIGTERM on: `/ready` says no. */
  readonly isDraining: () => boolean;
  /** Where `npm run build` puts `web/`, `client.js` and `client.d.ts`; `BUILT` of `files.ts`. */
  readonly distFolder: string;
  /** As in `Config`. */
  readonly publicUrl: string | undefined;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly Network[];
  readonly metricsToken: string | undefined;
}
