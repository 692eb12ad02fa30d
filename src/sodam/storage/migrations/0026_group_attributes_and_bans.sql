-- oldest: 9
-- Attributes, counters and bans of groups. Whoever writes here holds the group's row.
CREATE TABLE group_attribute_set (  -- of a group that has or had any
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  attr_seq BIGINT NOT NULL,      -- AttrMainSeq: grows by each write of attributes
  counter_seq BIGINT NOT NULL,   -- GroupCounterSeq
  second BIGINT NOT NULL,        -- unix second of the last write of attributes, and how many there were in it
  writes BIGINT NOT NULL,
  PRIMARY KEY (app, group_id)
) {clustered};
CREATE TABLE group_attribute (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  name {key} NOT NULL,
  value TEXT NOT NULL,
  seq BIGINT NOT NULL,           -- grows by each write of this key
  PRIMARY KEY (app, group_id, name)
) {clustered};
CREATE TABLE group_counter (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  name {key} NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (app, group_id, name)
) {clustered};
-- Who may not join a group for a while.
CREATE TABLE group_ban (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  until_at BIGINT NOT NULL,      -- banned before this second
  PRIMARY KEY (app, group_id, user_id)
) {clustered};
