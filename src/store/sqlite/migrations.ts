/**
 * Migrations of older databases: the n-th entry takes `user_version` n + 1 to n + 2. Entries are only ever added, together
 * with the same change in schema.sql, which names the version they lead to.
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
];

/** The `user_version` of schema.sql. */
export const SCHEMA_VERSION = MIGRATIONS.length + 1;
