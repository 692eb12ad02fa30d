-- oldest: 9
-- One row a group. Whoever changes the group, its members or its mutes holds this row.
CREATE TABLE chat_group (
  num {serial},                  -- the order of creation: the cursor of get_appid_group_list
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  type TEXT NOT NULL,            -- Private, Public, ChatRoom, AVChatRoom
  owner TEXT NOT NULL,           -- '': nobody
  created_at BIGINT NOT NULL,    -- unix seconds, as every *_at
  info_seq BIGINT NOT NULL,      -- grows by each change of the profile
  info_at BIGINT NOT NULL,
  last_msg_at BIGINT NOT NULL,   -- 0: none yet
  next_seq BIGINT NOT NULL,      -- the number that the next message gets
  members BIGINT NOT NULL,       -- rows in group_member
  next_pos BIGINT NOT NULL,      -- the place in the order of joining that the next member gets
  max_members BIGINT NOT NULL,   -- 0: no limit
  active BIGINT NOT NULL,        -- 0: a Private group whose owner has not written yet
  profile {blob} NOT NULL        -- JSON, see groups/model.py
);
CREATE UNIQUE INDEX chat_group_id ON chat_group (app, group_id);
CREATE INDEX chat_group_type ON chat_group (app, type, num);
CREATE INDEX chat_group_owner ON chat_group (app, owner);
CREATE TABLE group_member (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  role BIGINT NOT NULL,          -- 1 member, 2 admin, 3 owner
  joined_at BIGINT NOT NULL,
  pos BIGINT NOT NULL,           -- order of joining
  read_seq BIGINT NOT NULL,      -- the highest message that the member has read
  msg_flag TEXT NOT NULL,
  name_card TEXT NOT NULL,
  last_send_at BIGINT NOT NULL,  -- 0: never
  PRIMARY KEY (app, group_id, user_id)
) {clustered};
CREATE INDEX group_member_pos ON group_member (app, group_id, pos);
CREATE INDEX group_member_of ON group_member (app, user_id, joined_at, group_id);
-- How many groups a user is in: the row that the limit is decided under.
CREATE TABLE group_user (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  joined BIGINT NOT NULL,
  PRIMARY KEY (app, user_id)
) {clustered};
-- Mutes stay when a member leaves, and need no membership.
CREATE TABLE group_mute (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  until_at BIGINT NOT NULL,      -- muted before this second
  PRIMARY KEY (app, group_id, user_id)
) {clustered};
CREATE INDEX group_mute_of ON group_mute (app, user_id);
