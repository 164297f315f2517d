-- The whole schema, as a new database gets it. Older databases get it by the migrations in
-- src/store/sqlite/migrations.ts; a test compares the two. Times are milliseconds since 1970. Secrets are stored as
-- hashes only, except keys and the TURN secret.

PRAGMA user_version = 10;

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
  created_at    INTEGER NOT NULL,
  custom_status TEXT,
  role          TEXT CHECK (role IN ('admin')),
  email_key     TEXT, -- `email` in lower case
  name_key      TEXT NOT NULL DEFAULT '' -- the display name, else the username, without case; '' without a name
) STRICT;
CREATE UNIQUE INDEX users_by_email ON users (email_key);
-- For pages of users whose names begin with something. Guests are not listed.
CREATE INDEX users_by_name ON users (name_key, id) WHERE kind <> 'guest';
CREATE INDEX users_by_username ON users (username, id, name_key) WHERE kind <> 'guest';
CREATE INDEX users_by_role ON users (role) WHERE role IS NOT NULL;

-- Users who sign in at an OpenID provider.
CREATE TABLE oidc_users (
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX oidc_users_by_user ON oidc_users (user_id);

-- Tokens of a deleted user that were issued before it are refused.
CREATE TABLE deleted_users (
  id         TEXT PRIMARY KEY,
  deleted_at INTEGER NOT NULL,
  expires_at INTEGER -- null: never, for the users of backends, whose tokens may live for ever
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_users_by_expiry ON deleted_users (expires_at) WHERE expires_at IS NOT NULL;

-- Links by which a user sets a new password, each once.
CREATE TABLE reset_links (
  hash       BLOB PRIMARY KEY, -- SHA-256
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reset_links_by_user ON reset_links (user_id);
CREATE INDEX reset_links_by_expiry ON reset_links (expires_at);

-- Who may register under REGISTRATION=invite.
CREATE TABLE registration_invites (
  id         TEXT PRIMARY KEY,
  hash       BLOB NOT NULL UNIQUE, -- SHA-256
  uses       INTEGER, -- how often it was given to be used; null: without limit
  used       INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER -- null: never
) STRICT;
CREATE INDEX registration_invites_by_expiry ON registration_invites (expires_at);

-- One per sign-in. The row outlives the login's last access token, so that a revoked login is known as such.
CREATE TABLE logins (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, -- when its newest refresh token expires
  revoked_at INTEGER,
  used_at    INTEGER, -- the last refresh; null: none yet
  user_agent TEXT
) STRICT;
CREATE INDEX logins_by_user ON logins (user_id, revoked_at);
CREATE INDEX logins_by_expiry ON logins (expires_at);

-- Used tokens stay until they expire: if one comes again, it was stolen.
CREATE TABLE refresh_tokens (
  hash       BLOB PRIMARY KEY, -- SHA-256
  login_id   TEXT NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_login ON refresh_tokens (login_id, expires_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE signing_keys (
  id          TEXT PRIMARY KEY, -- `kid`
  algorithm   TEXT NOT NULL,
  private_jwk TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  retired_at  INTEGER -- null: signs. A retired key still verifies for a while
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
  vanishes_at   INTEGER, -- null: never. Not updated while somebody is inside; the process knows
  empty_seconds INTEGER NOT NULL DEFAULT 86400, -- from the last participant's leaving to the room's end
  waiting_room  INTEGER NOT NULL DEFAULT 0 CHECK (waiting_room IN (0, 1)),
  chat          TEXT NOT NULL DEFAULT 'all' CHECK (chat IN ('all', 'since_join', 'none', 'off')),
  relay_only    INTEGER NOT NULL DEFAULT 0 CHECK (relay_only IN (0, 1)),
  not_before    INTEGER, -- nobody enters before it
  expires_at    INTEGER, -- nobody new enters after it
  end_at_expiry INTEGER NOT NULL DEFAULT 0 CHECK (end_at_expiry IN (0, 1)), -- all are put out at expires_at
  metadata      TEXT, -- JSON
  emptied_at    INTEGER -- when the last participant left; null: nobody has been inside
) STRICT;
CREATE INDEX rooms_by_owner ON rooms (owner_id, created_at, id);
CREATE INDEX rooms_listed ON rooms (created_at, id) WHERE listed = 1;
CREATE INDEX rooms_by_end ON rooms (vanishes_at);
CREATE INDEX rooms_by_expiry ON rooms (expires_at, id) WHERE end_at_expiry = 1;
CREATE INDEX rooms_by_last_entry ON rooms (expires_at, id) WHERE end_at_expiry = 0 AND expires_at IS NOT NULL;

CREATE TABLE room_bans (
  room_id   TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  banned_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_bans_by_user ON room_bans (user_id);

-- What a user may do in a room whatever token it comes with: hosts [RM6], and what an invitation gave.
CREATE TABLE room_rights (
  room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  host       INTEGER CHECK (host IN (0, 1)), -- null: as the token says
  send       TEXT, -- JSON list of kinds; null: as the token says
  skip_knock INTEGER NOT NULL DEFAULT 0 CHECK (skip_knock IN (0, 1)),
  invited    INTEGER NOT NULL DEFAULT 0 CHECK (invited IN (0, 1)), -- needs no password
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_rights_by_user ON room_rights (user_id);

CREATE TABLE room_invitations (
  id         TEXT PRIMARY KEY,
  room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  hash       BLOB NOT NULL UNIQUE, -- SHA-256
  host       INTEGER NOT NULL DEFAULT 0 CHECK (host IN (0, 1)),
  send       TEXT, -- JSON list of kinds; null: changes nothing
  skip_knock INTEGER NOT NULL DEFAULT 0 CHECK (skip_knock IN (0, 1)),
  uses       INTEGER, -- how many users may use it; null: without limit
  used       INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER -- null: never
) STRICT;
CREATE INDEX room_invitations_by_room ON room_invitations (room_id, created_at);
CREATE INDEX room_invitations_by_expiry ON room_invitations (expires_at) WHERE expires_at IS NOT NULL;
-- Who has used which: a user uses an invitation up once.
CREATE TABLE room_invitation_uses (
  invitation_id TEXT NOT NULL REFERENCES room_invitations (id) ON DELETE CASCADE,
  user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (invitation_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_invitation_uses_by_user ON room_invitation_uses (user_id);

-- Chat. Ids sort by time, so the primary key is the order of reading.
CREATE TABLE messages (
  room_id      TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  id           TEXT NOT NULL,
  number       INTEGER NOT NULL, -- counts the room's messages, so that nobody has to
  user_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
  peer_id      TEXT,
  display_name TEXT,
  message      TEXT, -- null: deleted
  reply_to     TEXT,
  root_id      TEXT, -- the first message of its chain of replies; null: it is no reply
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
-- Messages of a room up to this one were cleared. Nobody finds them any more, and they go few at a time.
CREATE TABLE cleared_chats (
  room_id TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
  up_to   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Past calls, and those that go on.
CREATE TABLE calls (
  id         TEXT PRIMARY KEY,
  room_id    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER, -- null: it goes on
  peak       INTEGER NOT NULL -- most peers inside at once
) STRICT;
CREATE INDEX calls_by_room ON calls (room_id, started_at, id);
CREATE INDEX calls_by_end ON calls (ended_at);
CREATE TABLE call_participants (
  call_id      TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  display_name TEXT,
  inside_ms    INTEGER NOT NULL, -- how long, up to `inside_since`
  inside_since INTEGER, -- null: is not inside now
  PRIMARY KEY (call_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_participants_by_user ON call_participants (user_id);

-- Users whom a backend added to a room [CT0]. They go with their room and with their user.
CREATE TABLE added_users (
  room_id   TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_info TEXT NOT NULL, -- JSON
  expected  INTEGER NOT NULL DEFAULT 1 CHECK (expected IN (0, 1)), -- has not come in yet
  added_at  INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX added_users_by_user ON added_users (user_id);
CREATE INDEX added_users_expected ON added_users (room_id, added_at) WHERE expected = 1;

-- Who was put out of which room, and when: tokens for the room that were issued before are worthless there [TK4]. They outlive
-- the room, and its id may come back.
CREATE TABLE room_token_marks (
  room_id    TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  marked_at  INTEGER NOT NULL,
  expires_at INTEGER, -- null while the room is there
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_token_marks_by_expiry ON room_token_marks (expires_at) WHERE expires_at IS NOT NULL;

-- Webhooks. What is told of is written in the transaction in which it is stored. A lane is there while deliveries wait in it.
CREATE TABLE webhook_endpoints (
  url             TEXT PRIMARY KEY,
  waiting         INTEGER NOT NULL DEFAULT 0, -- counts its deliveries that wait, so that nobody has to
  stopped_at      INTEGER, -- null: it gets events
  stopped_because TEXT CHECK (stopped_because IN ('gone', 'full'))
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_events (
  number     INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they happened
  id         TEXT NOT NULL UNIQUE,
  lane       TEXT NOT NULL, -- events of one lane are delivered in order: a room's id, or a user's
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
  outcome  TEXT, -- of the last try: an HTTP status, or why there is none
  PRIMARY KEY (url, lane, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (number);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (url, lane, number) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_oldest ON webhook_deliveries (number) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_dropped ON webhook_deliveries (number) WHERE state = 'dropped';
CREATE TABLE webhook_lanes (
  url    TEXT NOT NULL REFERENCES webhook_endpoints (url) ON DELETE CASCADE,
  lane   TEXT NOT NULL,
  due_at INTEGER NOT NULL, -- when its first delivery that waits is tried
  PRIMARY KEY (url, lane)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_lanes_by_time ON webhook_lanes (url, due_at);

-- Who was told of as having joined, and which calls as having started, and not yet of the end. They outlive rooms and users: the
-- end is told after them.
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
  peak       INTEGER NOT NULL -- most peers inside at once
) STRICT, WITHOUT ROWID;

-- What the server made for itself and must find again, such as the TURN secret.
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- HTTPS by itself: accounts at directories of certificates (ACME, RFC 8555), and what they gave.
CREATE TABLE acme_accounts (
  directory TEXT PRIMARY KEY, -- its URL
  key       TEXT NOT NULL -- PKCS #8 in PEM
) STRICT, WITHOUT ROWID;
CREATE TABLE acme_certificates (
  domain    TEXT PRIMARY KEY,
  directory TEXT NOT NULL, -- that gave it
  chain     TEXT NOT NULL, -- PEM, the server's own certificate first
  key       TEXT NOT NULL -- PKCS #8 in PEM
) STRICT, WITHOUT ROWID;

-- Live sessions across a restart: written by a drain, read and deleted at the next start.
CREATE TABLE session_snapshot (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  saved_at       INTEGER NOT NULL
) STRICT;
CREATE TABLE session_snapshot_rows (
  position INTEGER PRIMARY KEY,
  content  TEXT NOT NULL -- JSON
) STRICT;
