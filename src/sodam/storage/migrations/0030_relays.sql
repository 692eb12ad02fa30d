-- oldest: 9
-- Bundles of messages that are too large for the message that forwards them (messages/relays.py).
CREATE TABLE relay_bundle (
  app BIGINT NOT NULL,
  name {key} NOT NULL,           -- JsonMsgKey: who has it may read the bundle
  used_at BIGINT NOT NULL,       -- unix seconds, of the day on which it was last written or read
  content {blob} NOT NULL,       -- MsgList as its client wrote it
  PRIMARY KEY (app, name)
) {clustered};
CREATE INDEX relay_bundle_used ON relay_bundle (app, used_at);
