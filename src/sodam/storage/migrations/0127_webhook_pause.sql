-- oldest: 60
-- Until when events for an app's receiver rest, as the process says that sends them (webhooks/breaker.py).
CREATE TABLE webhook_pause (
  app BIGINT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  until BIGINT NOT NULL          -- unix milliseconds
);
