-- oldest: 9
-- Permission groups of communities: what their members may, in the community and in single topics.
CREATE TABLE permission_group (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,       -- the community
  permission_id {key} NOT NULL,
  place BIGINT NOT NULL,         -- the order of making
  name TEXT NOT NULL,
  permission BIGINT NOT NULL,    -- bits, see groups/types.py
  custom_string TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (app, group_id, permission_id)
) {clustered};
CREATE TABLE permission_member (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  permission_id {key} NOT NULL,
  user_id {key} NOT NULL,
  PRIMARY KEY (app, group_id, permission_id, user_id)
) {clustered};
CREATE INDEX permission_member_of ON permission_member (app, user_id, group_id);
CREATE TABLE permission_topic (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  permission_id {key} NOT NULL,
  topic_id {key} NOT NULL,
  permission BIGINT NOT NULL,    -- bits of topics
  PRIMARY KEY (app, group_id, permission_id, topic_id)
) {clustered};
CREATE INDEX permission_topic_of ON permission_topic (app, topic_id);
