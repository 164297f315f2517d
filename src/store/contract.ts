import type { UserId } from '../domain/ids.ts';
import type { Awaitable } from '../lib/awaitable.ts';
import type { AddedUserStore } from './contract/added-users.ts';
import type { AdminStore } from './contract/admins.ts';
import type { CallStore } from './contract/calls.ts';
import type { CertificateStore } from './contract/certificates.ts';
import type { ChatStore } from './contract/chat.ts';
import type { CredentialStore } from './contract/credentials.ts';
import type { DeletionStore } from './contract/deletion.ts';
import type { InsideStore } from './contract/inside.ts';
import type { RegistrationInviteStore, ResetLinkStore } from './contract/links.ts';
import type { LoginStore } from './contract/logins.ts';
import type { OidcUserStore } from './contract/oidc-users.ts';
import type { RoomInvitationStore, RoomRightsStore } from './contract/room-rights.ts';
import type { RoomTokenMarkStore } from './contract/room-token-marks.ts';
import type { BanStore, RoomListStore, RoomStore } from './contract/rooms.ts';
import type { UserListStore, UserStore } from './contract/users.ts';
import type { WebhookStore } from './contract/webhooks.ts';

export type * from './contract/added-users.ts';
export type * from './contract/admins.ts';
export type * from './contract/calls.ts';
export type * from './contract/certificates.ts';
export type * from './contract/chat.ts';
export type * from './contract/credentials.ts';
export type * from './contract/deletion.ts';
export type * from './contract/inside.ts';
export type * from './contract/inspection.ts';
export type * from './contract/links.ts';
export type * from './contract/logins.ts';
export type * from './contract/oidc-users.ts';
export type * from './contract/room-rights.ts';
export type * from './contract/room-token-marks.ts';
export type * from './contract/rooms.ts';
export type * from './contract/users.ts';
export type * from './contract/webhooks.ts';

/**
 * What any store must do. `sqlite/` answers at once; a database across the network may answer later, so callers await
 * unless they are on the hot path, which reads memory only. All times are milliseconds since 1970.
 *
 * A write that can't be stored now throws ParleyError `unavailable`. Writes that are `soon` may be lost in a crash
 * within the same turn of the event loop, and are retried instead of throwing. All others are committed when the
 * method returns or its promise resolves; those marked `durable` survive a power cut.
 */
export interface Store {
  readonly users: UserStore;
  readonly userLists: UserListStore;
  readonly logins: LoginStore;
  readonly resetLinks: ResetLinkStore;
  readonly registrationInvites: RegistrationInviteStore;
  readonly credentials: CredentialStore;
  readonly admins: AdminStore;
  readonly oidcUsers: OidcUserStore;
  readonly deletions: DeletionStore;
  readonly expiry: ExpiryStore;
  readonly keys: KeyStore;
  readonly rooms: RoomStore;
  readonly roomLists: RoomListStore;
  readonly bans: BanStore;
  readonly calls: CallStore;
  readonly roomRights: RoomRightsStore;
  readonly roomInvitations: RoomInvitationStore;
  readonly roomTokenMarks: RoomTokenMarkStore;
  readonly addedUsers: AddedUserStore;
  readonly chat: ChatStore;
  readonly webhooks: WebhookStore;
  readonly inside: InsideStore;
  readonly settings: SettingStore;
  readonly certificates: CertificateStore;
  readonly sessions: SessionStore;
  /**
   * Runs several writes, of any part, in one transaction: all are stored or none. `work` must not wait. Throws what it throws.
   * @param isDurable whether it must survive a power cut. Default: false
   */
  atomically<Result>(work: () => Result, isDurable?: boolean): Result;
  /** Whether another process may have written to the database since the last call. Costs some microseconds. */
  changedElsewhere(): Awaitable<boolean>;
  /** Whether a write was refused only because another program holds the database: try again in a moment. */
  isLocked(refusal: unknown): boolean;
  /** Stores what still waits, and closes. */
  close(): Awaitable<void>;
}

/** Max logins of one user that hold at a time. */
export const LOGINS_PER_USER = 500;

/**
 * Max refresh tokens stored per login, used ones included. A client that never leaves uses 750 in the 7 days that one
 * lives; without a bound, anybody with a guest's login could write 30 rows a minute.
 */
export const TOKENS_PER_LOGIN = 1_024;

export interface ExpiryTimes {
  readonly now: number;
  /**
   * Rows that expired at or before this go: late enough that no access token of such a login is alive, and that no
   * refresh token can be repeated because its reply was lost.
   */
  readonly until: number;
}

export interface ExpirySlice {
  /** Rows changed; `max` or more means that there may be more to do. */
  readonly rows: number;
  readonly removedUsers: readonly UserId[];
}

export interface ExpiryStore {
  /**
   * Removes expired refresh tokens, reset links, invitations and logins, and guests without a login; rooms of such guests
   * are due at once.
   * @param max rows to change; the rooms of the last guest (`ROOMS_PER_OWNER`) may exceed it
   */
  slice(times: ExpiryTimes, max: number): Awaitable<ExpirySlice>;
}

export interface SigningKeyRow {
  /** `kid`. */
  readonly id: string;
  readonly algorithm: string;
  /** Secret: a JWK as JSON. */
  readonly privateJwk: string;
  readonly createdAt: number;
  /** When it stopped signing; null for the key in use. */
  readonly retiredAt: number | null;
}

export type NewSigningKey = Omit<SigningKeyRow, 'retiredAt'>;

/** The keys that sign access tokens [TK2]. */
export interface KeyStore {
  /** Durable. Puts a key in use and retires the one that was. */
  replace(key: NewSigningKey): Awaitable<void>;
  /** Durable. Removes the keys that were retired at or before `until`. */
  removeRetired(until: number): Awaitable<void>;
  /** Durable. Puts a key in use unless there is one: if two processes start at once, one key is made. */
  ensure(key: NewSigningKey): Awaitable<void>;
  current(): Awaitable<SigningKeyRow | undefined>;
  find(id: string): Awaitable<SigningKeyRow | undefined>;
  /** Oldest first. */
  all(): Awaitable<readonly SigningKeyRow[]>;
}

/** What the server knows of itself and must find again, such as the TURN secret, by name. */
export interface SettingStore {
  /** Durable. The stored value; at first `make()`, from whichever process came first. */
  getOrMake(name: string, make: () => string): Awaitable<string>;
  read(name: string): Awaitable<string | undefined>;
  /** Durable. */
  write(name: string, value: string): Awaitable<void>;
}

/** Live sessions as a drain left them [SE8]. Only `signaling/` knows what a row says. */
export interface SessionSnapshot {
  /** The rows' format. */
  readonly schemaVersion: number;
  readonly savedAt: number;
  readonly rows: readonly string[];
}

export interface SessionStore {
  /** Replaces any earlier snapshot, in one transaction. */
  write(schemaVersion: number, savedAt: number, rows: readonly string[]): Awaitable<void>;
  /** Adds rows in a transaction of their own: those written before stay if this fails. */
  append(rows: readonly string[]): Awaitable<void>;
  /** Reads the snapshot, and leaves it for another start in case this one fails. */
  read(): Awaitable<SessionSnapshot | undefined>;
  /** Deletes the snapshot, so that no later process takes up the same sessions. */
  clear(): Awaitable<void>;
}
