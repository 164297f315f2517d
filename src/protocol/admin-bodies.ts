import * as v from 'valibot';
import { UserRole } from './fields.ts';
import { PageQuery, pageOf } from './pages.ts';
import { Room } from './room-fields.ts';

/** Bodies of what admins see and do [AD1]–[AD7]. Times are ISO 8601. */

const Time = v.string();
const MaybeTime = v.nullable(v.string());
const MaybeText = v.nullable(v.string());

/** How the server's HTTPS certificate came about. `none`: the server speaks HTTP. */
export const CertificateReport = v.object({
  kind: v.picklist(['none', 'self_signed', 'acme', 'files']),
  names: v.array(v.string()),
  expiresAt: MaybeTime,
  /** Why the last try to get or read another one failed; null if it didn't. */
  lastError: MaybeText,
});
export type CertificateReport = v.InferOutput<typeof CertificateReport>;

/** The newest backup that this server made by itself, and the next one; null for none. */
export const BackupReport = v.object({
  lastAt: MaybeTime,
  file: MaybeText,
  bytes: v.nullable(v.number()),
  nextAt: MaybeTime,
  lastError: MaybeText,
});
export type BackupReport = v.InferOutput<typeof BackupReport>;

/** What `parley doctor` found the last time. `status`: the worst of the lines. */
export const DoctorReport = v.object({
  at: Time,
  status: v.picklist(['ok', 'warn', 'fail']),
  lines: v.array(
    v.object({
      id: v.string(),
      status: v.picklist(['ok', 'warn', 'fail', 'skip']),
      tried: v.string(),
      result: v.string(),
      /** Empty if there is nothing to do. */
      todo: v.string(),
    }),
  ),
});
export type DoctorReport = v.InferOutput<typeof DoctorReport>;

/** What the server is made of. What can't be known is `unknown`. */
export const VersionReport = v.object({
  version: v.string(),
  /** Of the source, in hex. */
  commit: v.string(),
  versions: v.object({
    node: v.string(),
    uWebSockets: v.string(),
    sqlite: v.string(),
    koffi: v.string(),
  }),
});
export type VersionReport = v.InferOutput<typeof VersionReport>;

export const ServerStatusReply = v.object({
  ...VersionReport.entries,
  startedAt: Time,
  sessions: v.object({ live: v.number(), suspended: v.number() }),
  /** How many rooms have somebody inside. */
  rooms: v.number(),
  certificate: CertificateReport,
  backup: BackupReport,
  relay: v.object({
    status: v.picklist(['ready', 'degraded', 'off']),
    problems: v.array(v.object({ code: v.string(), message: v.string() })),
  }),
  doctor: v.nullable(DoctorReport),
});
export type ServerStatus = v.InferOutput<typeof ServerStatusReply>;

/** How a peer's media travel, as its clients report it. `relayed`: on one of its connections at least. */
export const MediaPath = v.picklist(['direct', 'relayed', 'failed']);
export type MediaPath = v.InferOutput<typeof MediaPath>;

const LivePeer = v.object({
  peerId: v.string(),
  userId: v.string(),
  displayName: MaybeText,
  state: v.picklist(['live', 'suspended']),
  /** When it came in. */
  since: Time,
  /** Null: its clients haven't reported any. */
  path: v.nullable(MediaPath),
});
/** A room with somebody inside. `since`: when the first of those came in. */
export const LiveRoomItem = v.object({ room: Room, since: Time, peers: v.array(LivePeer) });
export type LiveRoomItem = v.InferOutput<typeof LiveRoomItem>;
export const LiveRoomsReply = pageOf(LiveRoomItem);
export type LiveRoomsReply = v.InferOutput<typeof LiveRoomsReply>;

/** Null takes the role. */
export const RoleRequest = v.object({ role: v.nullable(UserRole) });
export type RoleRequest = v.InferOutput<typeof RoleRequest>;

/** `url`: the secret in it is in this reply only. */
export const ResetLinkReply = v.object({ url: v.string(), expiresAt: Time });

export const DeliveryState = v.picklist(['waiting', 'delivered', 'dropped']);
export const DeliveriesQuery = v.object({
  ...PageQuery.entries,
  /** Default: all. */
  state: v.optional(v.picklist(DeliveryState.options, 'must be `waiting`, `delivered` or `dropped`')),
});
export type DeliveriesQuery = v.InferOutput<typeof DeliveriesQuery>;

/** An event on its way to an endpoint. URLs may have a secret in them, so only their host is shown. */
export const Delivery = v.object({
  /** Of the event: the same for all endpoints. */
  id: v.string(),
  type: v.string(),
  /** A room's id, or a user's: events of one lane are delivered in order. */
  lane: v.string(),
  createdAt: Time,
  host: v.string(),
  state: DeliveryState,
  tries: v.number(),
  triedAt: MaybeTime,
  /** Of the last try: an HTTP status, or why there is none. Null before the first. */
  outcome: MaybeText,
});
export type Delivery = v.InferOutput<typeof Delivery>;
/** `stoppedBecause`: `gone` after a 410, `full` if too many events waited. */
export const WebhookEndpointItem = v.object({
  host: v.string(),
  waiting: v.number(),
  stoppedAt: MaybeTime,
  stoppedBecause: v.nullable(v.picklist(['gone', 'full'])),
});
/** `endpoints` are on every page. */
export const DeliveriesReply = v.object({
  ...pageOf(Delivery).entries,
  endpoints: v.array(WebhookEndpointItem),
});
export type DeliveriesReply = v.InferOutput<typeof DeliveriesReply>;
/** How many endpoints it concerns. */
export const EndpointsReply = v.object({ endpoints: v.number() });

/** A limit that clients ran into since the start. */
export const LimitItem = v.object({ limit: v.string(), count: v.number(), lastAt: Time });
export type LimitItem = v.InferOutput<typeof LimitItem>;
/** Comes whole. */
export const LimitsReply = v.object({ items: v.array(LimitItem), nextCursor: v.null() });

/** A key that signs access tokens [TK2], without what is secret of it. `retiredAt`: null for the one in use. */
export const KeyItem = v.object({
  kid: v.string(),
  algorithm: v.string(),
  createdAt: Time,
  retiredAt: MaybeTime,
});
export type KeyItem = v.InferOutput<typeof KeyItem>;
/** Comes whole. */
export const KeysReply = v.object({ items: v.array(KeyItem), nextCursor: v.null() });
export const RotateKeysReply = v.object({ key: KeyItem });

export const CreateBackupReply = v.object({ backup: BackupReport });
