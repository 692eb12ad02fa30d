-- oldest: 9
-- Pushes to many (push/tasks.py): the names of attributes, what users have of them, tags, and the pushes themselves.
CREATE TABLE push_attr_name (
  app BIGINT NOT NULL,
  number BIGINT NOT NULL,        -- 0 to 9
  name TEXT NOT NULL,
  PRIMARY KEY (app, number)
);

CREATE TABLE push_attr (
  app BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (app, user_id, number)
);
CREATE INDEX push_attr_value ON push_attr (app, number, value, user_id);

CREATE TABLE push_tag (
  app BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (app, user_id, tag)
);
CREATE INDEX push_tag_users ON push_tag (app, tag, user_id);

CREATE TABLE push_task (
  app BIGINT NOT NULL,
  task TEXT NOT NULL,            -- TaskId
  what TEXT NOT NULL,            -- JSON: sender, content, condition
  same {blob} NOT NULL,          -- a hash of what makes two pushes the same
  created_at BIGINT NOT NULL,    -- unix milliseconds
  started_at BIGINT NOT NULL,    -- unix seconds; 0: it waits
  ended_at BIGINT NOT NULL,      -- unix seconds; 0: it goes on
  total BIGINT NOT NULL,         -- whom it is for, as counted at its start
  done BIGINT NOT NULL,          -- of them, those that it came to
  devices BIGINT NOT NULL,       -- pushes to devices that were begun for it
  revoked_at BIGINT NOT NULL,    -- unix seconds; 0: it stands
  PRIMARY KEY (app, task)
);
CREATE INDEX push_task_created ON push_task (app, created_at);
