-- oldest: 9
-- Offline push (push/): the credentials that an app has with the vendors' services, the devices that reported a token,
-- and what was decided and sent.
CREATE TABLE push_certificate (
  app BIGINT NOT NULL,
  number BIGINT NOT NULL,        -- clients name it when they report a token; drawn at random, never given twice
  vendor TEXT NOT NULL,
  name TEXT NOT NULL,
  fields TEXT NOT NULL,          -- JSON: what is not secret
  sealed {blob} NOT NULL,        -- JSON under the server's key: what is
  created_at BIGINT NOT NULL,    -- unix seconds
  trouble TEXT NOT NULL,         -- what the vendor says is wrong with the credentials; '' nothing
  trouble_at BIGINT NOT NULL,    -- unix seconds
  PRIMARY KEY (app, number)
);

-- Access tokens of vendors, one for the whole installation.
CREATE TABLE push_access (
  app BIGINT NOT NULL,
  certificate BIGINT NOT NULL,
  sealed {blob} NOT NULL,
  made_at BIGINT NOT NULL,       -- unix seconds
  expires_at BIGINT NOT NULL,    -- unix seconds
  PRIMARY KEY (app, certificate)
);

-- A token belongs to one user: whoever reports it last.
CREATE TABLE push_device (
  app BIGINT NOT NULL,
  certificate BIGINT NOT NULL,
  token TEXT NOT NULL,
  registration TEXT NOT NULL,    -- names the device in REST calls
  user_id TEXT NOT NULL,
  instid BIGINT NOT NULL,        -- the client that reported it
  brand BIGINT NOT NULL,         -- as the client numbers it
  model TEXT NOT NULL,
  system TEXT NOT NULL,
  language TEXT NOT NULL,
  muted BIGINT NOT NULL,         -- 1: the user forbade notifications on the device
  background BIGINT NOT NULL,    -- 1: the app went to the background
  badge BIGINT NOT NULL,         -- what the app's icon shows by our count
  reported_at BIGINT NOT NULL,   -- unix seconds
  PRIMARY KEY (app, certificate, token)
);
CREATE INDEX push_device_user ON push_device (app, user_id);
CREATE UNIQUE INDEX push_device_registration ON push_device (app, registration);

-- For which messages it was decided who gets a push, and up to which page of a group's members.
CREATE TABLE push_decided (
  app BIGINT NOT NULL,
  conv TEXT NOT NULL,
  seq BIGINT NOT NULL,
  page BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix seconds
  PRIMARY KEY (app, conv, seq, page)
);
CREATE INDEX push_decided_at ON push_decided (at);

-- Pushes that did not succeed, a bounded number for each app.
CREATE TABLE push_log (
  id {serial},
  app BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix seconds
  user_id TEXT NOT NULL,
  certificate BIGINT NOT NULL,
  vendor TEXT NOT NULL,
  outcome TEXT NOT NULL,         -- gone, wait, ours, payload
  code TEXT NOT NULL,            -- the vendor's
  reason TEXT NOT NULL           -- the vendor's words
);
CREATE INDEX push_log_app ON push_log (app, id);

CREATE TABLE push_count (
  app BIGINT NOT NULL,
  day BIGINT NOT NULL,           -- days since 1970, UTC
  vendor TEXT NOT NULL,
  kind TEXT NOT NULL,            -- c2c, group, task
  outcome TEXT NOT NULL,
  pushes BIGINT NOT NULL,
  PRIMARY KEY (app, day, vendor, kind, outcome)
);
