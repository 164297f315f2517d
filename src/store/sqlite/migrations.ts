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
];

/** The `user_version` of schema.sql. */
export const SCHEMA_VERSION = MIGRATIONS.length + 1;
