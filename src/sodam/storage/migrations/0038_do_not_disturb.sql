-- oldest: 9
-- When a user wants no notifications, for all conversations (conversations/quiet.py).
CREATE TABLE do_not_disturb (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  level BIGINT NOT NULL,        -- 0 notify, 1 discard, 2 no notification
  start_time BIGINT NOT NULL,    -- unix seconds
  end_time BIGINT NOT NULL,
  repeated BIGINT NOT NULL,     -- 1: every day at this time of day
  PRIMARY KEY (app, user_id)
) {clustered};
