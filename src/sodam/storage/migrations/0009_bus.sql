-- oldest: 6
-- Live hints between processes that have no other bus than PostgreSQL (bus/postgres.py). Rows live for a minute.
CREATE {unlogged} TABLE bus_batch (
  node TEXT NOT NULL,            -- the process that sent it
  seq BIGINT NOT NULL,           -- its number among that process' batches
  at BIGINT NOT NULL,            -- unix seconds, of the database
  body {blob} NOT NULL,
  PRIMARY KEY (node, seq)
);
CREATE INDEX bus_batch_at ON bus_batch (at);
