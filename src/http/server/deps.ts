import type { Accounts } from '../../accounts/accounts.ts';
import type { BackupStatus } from '../../backup/backups.ts';
import type { Chat } from '../../chat/chat.ts';
import type { TlsSettings } from '../../config/tls-settings.ts';
import type { Control } from '../../control/control.ts';
import type { Identity } from '../../domain/identity.ts';
import type { AddressResolver, Network } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LimitHits } from '../../lib/limit-hits.ts';
import type { Log } from '../../lib/log.ts';
import type { OriginCheck } from '../../lib/origins.ts';
import type { FileTree } from '../../lib/own-files.ts';
import type { LiveList } from '../../rooms/live-list.ts';
import type { Moderation } from '../../rooms/moderation.ts';
import type { PastCalls } from '../../rooms/past-calls.ts';
import type { RoomSettings } from '../../rooms/room-settings.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { WaitingRoom } from '../../rooms/waiting-room.ts';
import type { Hub } from '../../signaling/hub.ts';
import type { IceGrant } from '../../signaling/live-rooms/ice-renewal.ts';
import type { CertificateStatus } from '../../tls/certificate.ts';
import type { WebhookDesk } from '../../webhooks/desk.ts';
import type { ServerStats } from '../metrics/series.ts';
import type { PageSettings } from './html.ts';
import type { ServerFacts } from './server-facts.ts';

export interface HttpDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limitHits: LimitHits;
  /** Returns a text that no other call returns. */
  readonly uniqueId: () => string;
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly roomSettings: RoomSettings;
  readonly waitingRoom: WaitingRoom;
  readonly pastCalls: Pick<PastCalls, 'list'>;
  readonly moderation: Pick<Moderation, 'setRights' | 'kick'>;
  readonly chat: Omit<Chat, 'clear' | 'flush' | 'settle' | 'stats'>;
  readonly control: Omit<Control, 'people' | 'added'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'countIn' | 'peersOf' | 'isInside' | 'hasRoomFor'>;
  /** Comes in and leaves for those who have no WebSocket. */
  readonly places: Pick<Hub, 'hold' | 'knock' | 'leaveRoom' | 'refusedJoins'>;
  /**
   * @param requestHost the Host header by which this client reached us
   * @param roomId the room whose call they are for, if known
   * @param isWorthless whether its token is worthless in its room [TK4]: then it gets STUN only
   */
  readonly iceServers: (
    identity: Identity,
    requestHost: string,
    roomId?: string,
    isWorthless?: boolean,
  ) => IceGrant;
  /** Servers by which anybody may try the relay. @param requestHost as above */
  readonly testIceServers: (requestHost: string) => IceGrant;
  readonly liveList: LiveList;
  readonly webhooks: WebhookDesk;
  readonly server: ServerFacts;
  /** Whether clients get a TURN server. */
  readonly hasRelay: boolean;
  /** What `/metrics` shows besides the process's own stats. */
  readonly stats: () => ServerStats;
  /** The last backup, and the next. */
  readonly backup: () => BackupStatus;
  /** Makes a backup. Rejects with ParleyError `unavailable` if it failed. */
  readonly backupNow: () => Promise<BackupStatus>;
  /** What keeps the relay from working as configured, for `/ready`. */
  readonly relayProblems?: () => readonly { readonly code: string; readonly message: string }[];
  /** The certificate that new connections get. */
  readonly certificate: () => CertificateStatus;
  /** Whether SIGTERM has come: then `/ready` answers 503. */
  readonly isDraining: () => boolean;
  /** `web/`, `docs/`, `client.js`, `embed.js` and the types of both, as built by `npm run build`. */
  readonly dist: FileTree;
  readonly pageSettings: PageSettings;
  /** Whose pages may read replies [HT6]. */
  readonly allowsOrigin: OriginCheck;
  readonly resolveAddress: AddressResolver;
  /** As in `Config`. */
  readonly publicUrl: string | undefined;
  /** How this server itself speaks HTTPS, as in `Config`; undefined: plain HTTP. */
  readonly tls?: Pick<TlsSettings, 'isHttpsOnly'> | undefined;
  readonly trustedProxies: readonly Network[];
  /** The TCP port of `PORT`, which is known once it listens. */
  readonly ownPort: () => number | undefined;
  readonly metricsToken: string | undefined;
  /** What proves to `parley doctor` that it reached this server. */
  readonly doctor?: {
    readonly secret: string;
    readonly settings: Readonly<Record<string, string>>;
    readonly descriptors: number;
  };
}
