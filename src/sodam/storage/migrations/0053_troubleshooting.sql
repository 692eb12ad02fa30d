-- oldest: 9
-- What happened to calls, callbacks and pushes in the last days (troubleshooting/). On SQLite it is in a file of its own.
{postgres} CREATE TABLE troubleshooting_log (
  id {serial},
  app BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix milliseconds
  node TEXT NOT NULL,
  event TEXT NOT NULL,
  command TEXT NOT NULL,
  user_id TEXT NOT NULL,
  peer TEXT NOT NULL,            -- receiver or group
  code TEXT NOT NULL,            -- 0: it went well
  reason TEXT NOT NULL,
  platform TEXT NOT NULL,
  address TEXT NOT NULL,
  millis BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  amount BIGINT NOT NULL         -- of events that were left out
);
{postgres} CREATE INDEX troubleshooting_log_app ON troubleshooting_log (app, at, id);
{postgres} CREATE INDEX troubleshooting_log_kept ON troubleshooting_log (app, failed, id);
