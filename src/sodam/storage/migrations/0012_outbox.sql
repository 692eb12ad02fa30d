-- oldest: 9
-- What is still to be done outside for something that is committed: after-webhooks, offline pushes (outbox/).
CREATE TABLE outbox (
  id {serial},
  app BIGINT NOT NULL,
  topic TEXT NOT NULL,           -- who does it
  body {blob} NOT NULL,          -- what the topic needs to know; of a message nothing: it is read from its place
  conv TEXT NOT NULL,            -- the place of a message: its conversation and its number there; '' and 0 without one
  seq BIGINT NOT NULL,
  due BIGINT NOT NULL,           -- unix milliseconds: not before
  tries BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,   -- unix milliseconds
  dead BIGINT NOT NULL,          -- 1: given up; it stays for the operator
  error TEXT NOT NULL            -- of the last try
);
CREATE INDEX outbox_due ON outbox (dead, due, id);
CREATE INDEX outbox_app ON outbox (app, dead);
