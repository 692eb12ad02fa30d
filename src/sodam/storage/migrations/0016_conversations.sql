-- oldest: 9
-- What users keep of their conversations apart from the list itself, so that it outlives a deletion from the list:
-- marks, custom data, conversation groups (conversations/).
CREATE TABLE conversation_owner (
  app BIGINT NOT NULL,
  owner {key} NOT NULL,
  next_group BIGINT NOT NULL,    -- the GroupId of the next group that is made; none is used twice
  PRIMARY KEY (app, owner)
) {clustered};
CREATE TABLE conversation_group (
  app BIGINT NOT NULL,
  owner {key} NOT NULL,
  group_id BIGINT NOT NULL,
  name {key} NOT NULL,
  PRIMARY KEY (app, owner, group_id)
) {clustered};
CREATE UNIQUE INDEX conversation_group_name ON conversation_group (app, owner, name);
CREATE TABLE conversation_entry (
  app BIGINT NOT NULL,
  owner {key} NOT NULL,
  type BIGINT NOT NULL,          -- 1 one-to-one, 2 group
  peer {key} NOT NULL,           -- UserID or GroupID
  marks BIGINT NOT NULL,         -- 64 bits in two's complement
  custom TEXT NOT NULL,
  groups TEXT NOT NULL,          -- GroupIds in ascending order, joined by commas
  changed_at BIGINT NOT NULL,    -- unix seconds
  PRIMARY KEY (app, owner, type, peer)
) {clustered};
