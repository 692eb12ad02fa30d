-- oldest: 9
-- What was sent to apps' webhooks and what they answered (webhooks/), a bounded number for each app.
CREATE TABLE webhook_log (
  id {serial},
  app BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix milliseconds of the request
  event TEXT NOT NULL,           -- the same for all requests of one event
  command TEXT NOT NULL,
  attempt BIGINT NOT NULL,       -- from 1
  outcome TEXT NOT NULL,         -- delivered, or why not
  status BIGINT NOT NULL,        -- of HTTP; 0: there was no answer
  millis BIGINT NOT NULL,        -- what it took
  platform TEXT NOT NULL,
  client_ip TEXT NOT NULL,
  url TEXT NOT NULL,
  request {blob} NOT NULL,       -- the body; empty where it was too long to be kept
  answer {blob} NOT NULL         -- its beginning
);
CREATE INDEX webhook_log_app ON webhook_log (app, id);
