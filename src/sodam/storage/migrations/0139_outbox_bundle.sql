-- oldest: 60
-- What one commit has to be done outside, as it writes it: a row for many entries. Whoever does them sorts them into
-- the outbox (outbox/bundles.py).
CREATE TABLE outbox_bundle (
  id {serial},
  app BIGINT NOT NULL,
  topic TEXT NOT NULL,
  entries BIGINT NOT NULL,       -- how many it holds
  places TEXT NOT NULL,          -- of stored messages: MsgTime, MsgSeq and place in the conversation, one after the other
  body {blob} NOT NULL
);
CREATE INDEX outbox_bundle_ready ON outbox_bundle (topic, app, id);
