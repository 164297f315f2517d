/**
 * Migrations of older databases: the n-th entry takes `user_version` n + 1 to n + 2. Entries are only ever added, together
 * with the same change in schema.sql, which names the version they lead to. They may call `fold` of lib/fold.ts.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE session_snapshot (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL,
    saved_at       INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE session_snapshot_rows (
    position INTEGER PRIMARY KEY,
    content  TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE room_bans (
    room_id   TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    banned_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX room_bans_by_user ON room_bans (user_id);
  `,
  `
  ALTER TABLE rooms ADD COLUMN empty_seconds INTEGER NOT NULL DEFAULT 86400;
  `,
  // Older versions left guests without a login and rooms without an owner behind.
  `
  DROP INDEX refresh_tokens_by_login;
  CREATE INDEX refresh_tokens_by_login ON refresh_tokens (login_id, expires_at);
  CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
  DELETE FROM users WHERE kind = 'guest' AND id NOT IN (SELECT user_id FROM logins);
  UPDATE rooms SET persistent = 0, listed = 0 WHERE owner_id IS NULL;
  `,
  `
  ALTER TABLE users ADD COLUMN custom_status TEXT;
  ALTER TABLE users ADD COLUMN role TEXT CHECK (role IN ('admin'));
  ALTER TABLE users ADD COLUMN email_key TEXT;
  UPDATE users SET email_key = lower(email);
  CREATE UNIQUE INDEX users_by_email ON users (email_key);
  ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
  UPDATE users SET name_key = fold(coalesce(display_name, username, ''));
  CREATE INDEX users_by_name ON users (name_key, id) WHERE kind <> 'guest';
  CREATE INDEX users_by_username ON users (username, id, name_key) WHERE kind <> 'guest';
  CREATE INDEX users_by_role ON users (role) WHERE role IS NOT NULL;
  CREATE TABLE oidc_users (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX oidc_users_by_user ON oidc_users (user_id);
  CREATE TABLE deleted_users (
    id         TEXT PRIMARY KEY,
    deleted_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deleted_users_by_expiry ON deleted_users (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE reset_links (
    hash       BLOB PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reset_links_by_user ON reset_links (user_id);
  CREATE INDEX reset_links_by_expiry ON reset_links (expires_at);
  CREATE TABLE registration_invites (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    uses       INTEGER,
    used       INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX registration_invites_by_expiry ON registration_invites (expires_at);
  ALTER TABLE logins ADD COLUMN used_at INTEGER;
  ALTER TABLE logins ADD COLUMN user_agent TEXT;
  DROP INDEX logins_by_user;
  CREATE INDEX logins_by_user ON logins (user_id, revoked_at);
  `,
  `
  ALTER TABLE rooms ADD COLUMN waiting_room INTEGER NOT NULL DEFAULT 0 CHECK (waiting_room IN (0, 1));
  ALTER TABLE rooms ADD COLUMN chat TEXT NOT NULL DEFAULT 'all' CHECK (chat IN ('all', 'since_join', 'none', 'off'));
  ALTER TABLE rooms ADD COLUMN relay_only INTEGER NOT NULL DEFAULT 0 CHECK (relay_only IN (0, 1));
  ALTER TABLE rooms ADD COLUMN not_before INTEGER;
  ALTER TABLE rooms ADD COLUMN expires_at INTEGER;
  ALTER TABLE rooms ADD COLUMN end_at_expiry INTEGER NOT NULL DEFAULT 0 CHECK (end_at_expiry IN (0, 1));
  ALTER TABLE rooms ADD COLUMN metadata TEXT;
  ALTER TABLE rooms ADD COLUMN emptied_at INTEGER;
  DROP INDEX rooms_by_owner;
  CREATE INDEX rooms_by_owner ON rooms (owner_id, created_at, id);
  CREATE INDEX rooms_listed ON rooms (created_at, id) WHERE listed = 1;
  CREATE INDEX rooms_by_expiry ON rooms (expires_at, id) WHERE end_at_expiry = 1;
  CREATE TABLE room_rights (
    room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    host       INTEGER CHECK (host IN (0, 1)),
    send       TEXT,
    skip_knock INTEGER NOT NULL DEFAULT 0 CHECK (skip_knock IN (0, 1)),
    invited    INTEGER NOT NULL DEFAULT 0 CHECK (invited IN (0, 1)),
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX room_rights_by_user ON room_rights (user_id);
  CREATE TABLE room_invitations (
    id         TEXT PRIMARY KEY,
    room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    hash       BLOB NOT NULL UNIQUE,
    host       INTEGER NOT NULL DEFAULT 0 CHECK (host IN (0, 1)),
    send       TEXT,
    skip_knock INTEGER NOT NULL DEFAULT 0 CHECK (skip_knock IN (0, 1)),
    uses       INTEGER,
    used       INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX room_invitations_by_room ON room_invitations (room_id, created_at);
  CREATE INDEX room_invitations_by_expiry ON room_invitations (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE room_invitation_uses (
    invitation_id TEXT NOT NULL REFERENCES room_invitations (id) ON DELETE CASCADE,
    user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (invitation_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX room_invitation_uses_by_user ON room_invitation_uses (user_id);
  CREATE TABLE messages (
    room_id      TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    id           TEXT NOT NULL,
    number       INTEGER NOT NULL,
    user_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
    peer_id      TEXT,
    display_name TEXT,
    message      TEXT,
    reply_to     TEXT,
    root_id      TEXT,
    created_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    edited_at    INTEGER,
    deleted_at   INTEGER,
    PRIMARY KEY (room_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX messages_by_user ON messages (user_id) WHERE user_id IS NOT NULL;
  CREATE TABLE message_reactions (
    room_id    TEXT NOT NULL,
    message_id TEXT NOT NULL,
    emoji      TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (room_id, message_id, emoji, user_id),
    FOREIGN KEY (room_id, message_id) REFERENCES messages (room_id, id) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_reactions_by_user ON message_reactions (user_id);
  CREATE TABLE calls (
    id         TEXT PRIMARY KEY,
    room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    peak       INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_room ON calls (room_id, started_at, id);
  CREATE INDEX calls_by_end ON calls (ended_at);
  CREATE TABLE call_participants (
    call_id      TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    display_name TEXT,
    inside_ms INTEGER NOT NULL,
    inside_since INTEGER,
    PRIMARY KEY (call_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX call_participants_by_user ON call_participants (user_id);
  `,
  `
  CREATE TABLE cleared_chats (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    up_to   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE added_users (
    room_id   TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_info TEXT NOT NULL,
    expected  INTEGER NOT NULL DEFAULT 1 CHECK (expected IN (0, 1)),
    added_at  INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX added_users_by_user ON added_users (user_id);
  CREATE INDEX added_users_expected ON added_users (room_id, added_at) WHERE expected = 1;
  CREATE TABLE room_token_marks (
    room_id    TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    marked_at  INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX room_token_marks_by_expiry ON room_token_marks (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE webhook_endpoints (
    url             TEXT PRIMARY KEY,
    waiting         INTEGER NOT NULL DEFAULT 0,
    stopped_at      INTEGER,
    stopped_because TEXT CHECK (stopped_because IN ('gone', 'full'))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE webhook_events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    lane       TEXT NOT NULL,
    type       TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE webhook_deliveries (
    url      TEXT NOT NULL REFERENCES webhook_endpoints (url) ON DELETE CASCADE,
    lane     TEXT NOT NULL,
    number   INTEGER NOT NULL REFERENCES webhook_events (number) ON DELETE CASCADE,
    state    TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dropped')),
    tries    INTEGER NOT NULL DEFAULT 0,
    tried_at INTEGER,
    outcome  TEXT,
    PRIMARY KEY (url, lane, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (number);
  CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (url, lane, number) WHERE state = 'waiting';
  CREATE INDEX webhook_deliveries_oldest ON webhook_deliveries (number) WHERE state = 'waiting';
  CREATE TABLE webhook_lanes (
    url    TEXT NOT NULL REFERENCES webhook_endpoints (url) ON DELETE CASCADE,
    lane   TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (url, lane)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX webhook_lanes_by_time ON webhook_lanes (url, due_at);
  CREATE TABLE told_peers (
    peer_id      TEXT PRIMARY KEY,
    room_id      TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    display_name TEXT,
    joined_at    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE told_calls (
    room_id    TEXT PRIMARY KEY,
    call_id    TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    peak       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Version 9.
  `CREATE INDEX rooms_by_last_entry ON rooms (expires_at, id) WHERE end_at_expiry = 0 AND expires_at IS NOT NULL;`,
  // Version 10.
  `
  CREATE TABLE acme_accounts (
    directory TEXT PRIMARY KEY,
    key       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE acme_certificates (
    domain    TEXT PRIMARY KEY,
    directory TEXT NOT NULL,
    chain     TEXT NOT NULL,
    key       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX webhook_deliveries_dropped ON webhook_deliveries (number) WHERE state = 'dropped';
  `,
];

/** The `user_version` of schema.sql. */
export const SCHEMA_VERSION = MIGRATIONS.length + 1;
