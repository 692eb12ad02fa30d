-- oldest: 9
-- What live rooms (AVChatRoom) keep: who is in one stands in no table.
CREATE TABLE room_admin (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  at BIGINT NOT NULL,            -- unix seconds
  PRIMARY KEY (app, group_id, user_id)
) {clustered};
CREATE INDEX room_admin_of ON room_admin (app, user_id);
-- Accounts that count as present without a connection.
CREATE TABLE room_robot (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  user_id {key} NOT NULL,
  at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,      -- unix seconds
  PRIMARY KEY (app, group_id, user_id)
) {clustered};
CREATE INDEX room_robot_of ON room_robot (app, user_id);
-- The newest messages of a room, for newcomers: as many as the app's setting says.
CREATE TABLE room_message (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  body {blob} NOT NULL,          -- JSON, as devices get it
  PRIMARY KEY (app, group_id, seq)
) {clustered};
-- Messages to all rooms of an app: how many there were, and how many in the latest second.
CREATE TABLE room_broadcast (
  app BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  second BIGINT NOT NULL,
  sent BIGINT NOT NULL
);
