-- oldest: 1
CREATE TABLE app (
  sdkappid BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  introduction TEXT NOT NULL,
  status TEXT NOT NULL,          -- enabled, disabled, expired
  plan TEXT NOT NULL,            -- Trial, Pro, Flagship
  created_at BIGINT NOT NULL,    -- unix seconds, as every *_at
  updated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,    -- 0: never
  settings {blob} NOT NULL,      -- JSON, see apps/model.py
  version BIGINT NOT NULL        -- grows by each change of the app, its keys or its administrators
);
CREATE TABLE app_key (
  sdkappid BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  algorithm TEXT NOT NULL,       -- HMAC-SHA256 or ECDSA-SHA256
  secret TEXT NOT NULL,          -- HMAC: the secret's text; ECDSA: the private key's PEM or empty
  public_pem TEXT NOT NULL,      -- ECDSA only
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sdkappid, key_id)
);
CREATE TABLE app_admin (
  sdkappid BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (sdkappid, user_id)
);
CREATE TABLE account (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  tiny_id BIGINT NOT NULL,       -- the internal number that clients put into message IDs
  created_at BIGINT NOT NULL,
  invalid_before BIGINT NOT NULL, -- UserSig issued at or before this second are refused (kick)
  profile {blob} NOT NULL,       -- JSON object, tag to value
  standard_seq BIGINT NOT NULL,  -- grows by each change of a standard field
  custom_seq BIGINT NOT NULL,
  PRIMARY KEY (app, user_id)
) {clustered};
CREATE UNIQUE INDEX account_tiny ON account (app, tiny_id);
CREATE INDEX account_created ON account (app, created_at, user_id);
-- How many accounts an app has, in several rows so that imports do not wait for each other: the sum counts.
CREATE TABLE account_count (
  app BIGINT NOT NULL,
  shard BIGINT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (app, shard)
) {clustered};
-- Deleted UserIDs, which outside trial may not come back for a time.
CREATE TABLE account_deleted (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  deleted_at BIGINT NOT NULL,
  PRIMARY KEY (app, user_id)
) {clustered};
CREATE INDEX account_deleted_at ON account_deleted (app, deleted_at);
-- One row a message: both parties read it. conv is the two UserIDs in order, joined by U+001F.
CREATE TABLE c2c_message (
  id {serial},
  app BIGINT NOT NULL,
  conv {key} NOT NULL,
  msg_time BIGINT NOT NULL,      -- unix seconds; never falls within a conversation, but by import
  msg_seq BIGINT NOT NULL,       -- the caller's
  msg_random BIGINT NOT NULL,    -- the caller's
  seq BIGINT NOT NULL,           -- place in the conversation by arrival, from 1 without holes
  high BIGINT NOT NULL,          -- 1: sent by the second UserID of conv
  client_time BIGINT NOT NULL,
  flags BIGINT NOT NULL,         -- see messages/model.py
  version BIGINT NOT NULL,       -- of the content; grows by modification
  body {blob} NOT NULL,
  cloud {blob} NOT NULL
);
CREATE INDEX c2c_message_history ON c2c_message (app, conv, msg_time, msg_seq, msg_random);
-- What happened to messages after they were sent (recall, edit), in order: for devices that were away.
CREATE TABLE c2c_change (
  id {serial},
  app BIGINT NOT NULL,
  conv {key} NOT NULL,
  message BIGINT NOT NULL
);
CREATE INDEX c2c_change_conv ON c2c_change (app, conv, id);
CREATE TABLE c2c_head (
  app BIGINT NOT NULL,
  conv {key} NOT NULL,
  last_seq BIGINT NOT NULL,
  last_time BIGINT NOT NULL,
  low_seq BIGINT NOT NULL,       -- newest message that moves the conversation in the first UserID's list
  low_time BIGINT NOT NULL,
  high_seq BIGINT NOT NULL,      -- the same for the second
  high_time BIGINT NOT NULL,
  in_low BIGINT NOT NULL,        -- messages to the first UserID that count as unread until read
  in_high BIGINT NOT NULL,       -- the same to the second
  PRIMARY KEY (app, conv)
) {clustered};
CREATE TABLE c2c_member (
  app BIGINT NOT NULL,
  owner {key} NOT NULL,
  peer {key} NOT NULL,
  conv {key} NOT NULL,
  high BIGINT NOT NULL,          -- 1: the owner is the second UserID of conv
  read_time BIGINT NOT NULL,     -- what arrived up to read_seq with a time up to this second is read
  read_seq BIGINT NOT NULL,
  read_count BIGINT NOT NULL,    -- value of in_low / in_high when it was read
  hidden_seq BIGINT NOT NULL,    -- deleted from the owner's list until a newer message comes
  clear_seq BIGINT NOT NULL,     -- history up to here is not shown to the owner
  top_time BIGINT NOT NULL,      -- pinned at; 0: not pinned
  mute BIGINT NOT NULL,          -- 0 receive and notify, 1 do not receive, 2 receive without notification
  PRIMARY KEY (app, owner, peer)
) {clustered};
CREATE TABLE server_state (
  name TEXT PRIMARY KEY,
  value {blob} NOT NULL
);
