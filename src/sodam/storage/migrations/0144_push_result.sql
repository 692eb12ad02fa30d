-- oldest: 60
-- What vendors said to a push to many: how often each answer came.
CREATE TABLE push_result (
  app BIGINT NOT NULL,
  task TEXT NOT NULL,
  vendor TEXT NOT NULL,
  outcome TEXT NOT NULL,        -- ok, gone, wait, ours, payload
  code TEXT NOT NULL,           -- the vendor's; empty where it took the push
  reason TEXT NOT NULL,         -- the vendor's words, of one of them
  pushes BIGINT NOT NULL,
  PRIMARY KEY (app, task, vendor, outcome, code)
);
