-- oldest: 9
-- The messages of groups, one row a message, whoever reads it. seq has no holes: whoever appends holds the group's row.
CREATE TABLE group_message (
  id {serial},
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  seq BIGINT NOT NULL,           -- MsgSeq, from 1
  msg_time BIGINT NOT NULL,      -- unix seconds; never falls within a group
  random BIGINT NOT NULL,        -- the sender's
  client_time BIGINT NOT NULL,   -- the sender's clock, unix seconds
  sender {key} NOT NULL,
  kind BIGINT NOT NULL,          -- 0 a message, 1 a tip of the server
  priority BIGINT NOT NULL,      -- 1 high to 4 lowest
  flags BIGINT NOT NULL,         -- see messages/model.py
  version BIGINT NOT NULL,       -- of the content; grows by modification
  counted BIGINT NOT NULL,       -- messages up to this one that count as unread
  body {blob} NOT NULL,
  cloud {blob} NOT NULL,
  extra {blob} NOT NULL          -- JSON, see groups/message.py
);
CREATE UNIQUE INDEX group_message_seq ON group_message (app, group_id, seq);
-- What was sent within the last minutes: one message given to two nodes is one.
CREATE TABLE group_recent (
  app BIGINT NOT NULL,
  key {blob} NOT NULL,           -- 16 bytes of BLAKE2b, see groups/store_messages.py
  stored_at BIGINT NOT NULL,     -- unix seconds
  msg_time BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (app, key)
) {clustered};
-- Recalls and edits, in order: for devices that were away, and for unread numbers.
CREATE TABLE group_change (
  id {serial},
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix microseconds
  recalled BIGINT NOT NULL,      -- 1 a recall, 0 an edit
  counts BIGINT NOT NULL,        -- 1: the message had counted as unread
  sender {key} NOT NULL
);
CREATE INDEX group_change_seq ON group_change (app, group_id, seq);
CREATE INDEX group_change_at ON group_change (app, group_id, at);
-- Messages that a member has deleted for itself.
CREATE TABLE group_hidden (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  counts BIGINT NOT NULL,        -- 1: it had counted as unread
  PRIMARY KEY (app, group_id, user_id, seq)
) {clustered};
ALTER TABLE chat_group ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;    -- messages that count as unread
ALTER TABLE chat_group ADD COLUMN shown_seq BIGINT NOT NULL DEFAULT 0;  -- what stands in conversation lists; 0: nothing
ALTER TABLE chat_group ADD COLUMN shown_at BIGINT NOT NULL DEFAULT 0;   -- its arrival, unix microseconds
ALTER TABLE chat_group ADD COLUMN clear_seq BIGINT NOT NULL DEFAULT 0;  -- clients read nothing up to it
ALTER TABLE group_member ADD COLUMN join_seq BIGINT NOT NULL DEFAULT 0; -- the member reads nothing up to it
ALTER TABLE group_member ADD COLUMN clear_seq BIGINT NOT NULL DEFAULT 0; -- cleared by the member for itself
ALTER TABLE group_member ADD COLUMN hide_seq BIGINT NOT NULL DEFAULT 0; -- taken off the list until something newer comes
ALTER TABLE group_member ADD COLUMN top_at BIGINT NOT NULL DEFAULT 0;   -- pinned in the list, unix seconds
ALTER TABLE group_member ADD COLUMN own_ahead BIGINT NOT NULL DEFAULT 0; -- own messages that count, above read_seq
