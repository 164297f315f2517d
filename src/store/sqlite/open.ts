import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { type Log, silentLog } from '../../lib/log.ts';
import type { Store } from '../contract.ts';
import { createAddedUserStore } from './added-users.ts';
import { createAdminStore } from './admins.ts';
import { createBanStore } from './bans.ts';
import { createBatch } from './batch.ts';
import { createCallStore } from './calls.ts';
import { createCertificateStore } from './certificates.ts';
import { createChatStore } from './chat.ts';
import { createCredentialStore } from './credentials.ts';
import { createDeletionStore } from './deletion.ts';
import { type Connection, Database } from './driver.ts';
import { createExpiryStore } from './expiry.ts';
import { isLocked, startError } from './failures.ts';
import { createInsideStore } from './inside.ts';
import { createKeyStore } from './keys.ts';
import { createLoginStore } from './logins.ts';
import { migrate } from './migrate.ts';
import { createOidcUserStore } from './oidc-users.ts';
import { createRegistrationInviteStore } from './registration-invites.ts';
import { createResetLinkStore } from './reset-links.ts';
import { createRoomInvitationStore } from './room-invitations.ts';
import { createRoomListStore } from './room-lists.ts';
import { createRoomRightsStore } from './room-rights.ts';
import { createRoomTokenMarkStore } from './room-token-marks.ts';
import { createRoomStore } from './rooms.ts';
import { createSessionStore } from './sessions.ts';
import { createSettingStore } from './settings.ts';
import { createUserListStore } from './user-lists.ts';
import { createUserStore } from './users.ts';
import { createWebhookStore } from './webhooks.ts';

/** Max milliseconds that opening waits for another process's write (`parley keys rotate`, a backup). */
const OPENING_BUSY_MS = 5_000;
/**
 * Pages of write-ahead log after which a commit itself runs the checkpoint: 256 MiB. A server has a thread for that (see
 * checkpoints.ts), so this happens only if the thread can't keep up.
 */
const CHECKPOINT_PAGES = 65_536;

export type SqliteStore = ReturnType<typeof openStore>;

/**
 * Opens the database, creating or migrating it if needed. Every call is synchronous and short.
 * @param path of the file; its folder is created if it is missing
 * @param log tells of writes that were delayed or lost
 * @throws StartError if it can't be opened, is damaged or not ours, or was written by a newer version
 */
export function openStore(path: string, log: Log = silentLog, clock: Clock = systemClock) {
  let database: Connection | undefined;
  try {
    database = open(path);
    const opened = database;
    const batch = createBatch(database, clock, log);
    // Changes with each commit of another connection, and sometimes with a checkpoint (sqlite.org/pragma.html#pragma_data_version).
    const version = database.prepare<[], number>('PRAGMA data_version').pluck();
    let lastVersion = version.get();
    const changes = database.prepare<[], number>('SELECT total_changes()').pluck();
    return {
      users: createUserStore(database, batch),
      userLists: createUserListStore(database),
      logins: createLoginStore(database, batch),
      resetLinks: createResetLinkStore(database, batch),
      registrationInvites: createRegistrationInviteStore(database, batch),
      credentials: createCredentialStore(database, batch),
      admins: createAdminStore(database, batch),
      oidcUsers: createOidcUserStore(database, batch),
      deletions: createDeletionStore(database, batch),
      expiry: createExpiryStore(database, batch),
      keys: createKeyStore(database, batch),
      rooms: createRoomStore(database, batch),
      roomLists: createRoomListStore(database),
      bans: createBanStore(database, batch),
      calls: createCallStore(database, batch),
      roomRights: createRoomRightsStore(database, batch),
      roomInvitations: createRoomInvitationStore(database, batch),
      roomTokenMarks: createRoomTokenMarkStore(database, batch),
      addedUsers: createAddedUserStore(database, batch),
      chat: createChatStore(database, batch),
      webhooks: createWebhookStore(database, batch),
      inside: createInsideStore(database, batch),
      settings: createSettingStore(database, batch),
      certificates: createCertificateStore(database, batch),
      sessions: createSessionStore(database, batch),
      atomically: batch.atomically,
      changedElsewhere(): boolean {
        const before = lastVersion;
        lastVersion = version.get();
        return lastVersion !== before;
      },
      isLocked,
      /** Rows inserted, updated and deleted since the database was opened. */
      changes: (): number => changes.get() ?? 0,
      close(): void {
        batch.close();
        opened.close();
      },
    } satisfies Store & { changes(): number };
  } catch (thrown) {
    database?.close();
    throw startError(thrown, path);
  }
}

function open(path: string): Connection {
  mkdirSync(dirname(path), { recursive: true });
  // Readable by the owner only, because it holds the keys that sign tokens. SQLite gives its side files the same mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: OPENING_BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    migrate(database, path);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
