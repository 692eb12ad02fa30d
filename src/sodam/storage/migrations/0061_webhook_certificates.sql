-- oldest: 9
-- The certificates that the server shows to apps' webhooks, signed by an authority of its own (webhooks/mutual.py).
CREATE TABLE webhook_certificate (
  app BIGINT NOT NULL,
  number BIGINT NOT NULL,        -- 1, 2, 3 ...
  pem TEXT NOT NULL,
  sealed {blob} NOT NULL,        -- the key, in PEM, under the server's key
  used_from BIGINT NOT NULL,     -- unix seconds; of those whose time has come the newest is shown
  expires_at BIGINT NOT NULL,    -- unix seconds
  PRIMARY KEY (app, number)
);
