-- schema.sql as it was at version 1, for the test of the migrations. Never changes.

PRAGMA user_version = 1;

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('registered', 'guest', 'external')),
  username      TEXT UNIQUE COLLATE NOCASE,
  display_name  TEXT,
  email         TEXT UNIQUE COLLATE NOCASE,
  password_hash TEXT,
  status        TEXT NOT NULL DEFAULT 'online' CHECK (status IN ('online', 'idle', 'dnd', 'offline')),
  avatar_url    TEXT,
  bio           TEXT,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX logins_by_user ON logins (user_id);
CREATE INDEX logins_by_expiry ON logins (expires_at);

CREATE TABLE refresh_tokens (
  hash       BLOB PRIMARY KEY,
  login_id   TEXT NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_login ON refresh_tokens (login_id);

CREATE TABLE signing_keys (
  id          TEXT PRIMARY KEY,
  algorithm   TEXT NOT NULL,
  private_jwk TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  retired_at  INTEGER
) STRICT;

CREATE TABLE rooms (
  id            TEXT PRIMARY KEY,
  name          TEXT,
  owner_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
  max           INTEGER NOT NULL,
  password_hash TEXT,
  locked        INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  persistent    INTEGER NOT NULL DEFAULT 0 CHECK (persistent IN (0, 1)),
  listed        INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1)),
  created_at    INTEGER NOT NULL,
  vanishes_at   INTEGER
) STRICT;
CREATE INDEX rooms_by_owner ON rooms (owner_id);
CREATE INDEX rooms_by_end ON rooms (vanishes_at);

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
