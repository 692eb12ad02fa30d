-- oldest: 48
-- Messages that still grow (streams/): where each stands, until it ends.
CREATE TABLE message_stream (
  app BIGINT NOT NULL,
  stream {key} NOT NULL,         -- StreamMsgID
  type BIGINT NOT NULL,          -- 1 one-to-one, 2 group
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,        -- a user or a group
  msg_time BIGINT NOT NULL,      -- unix seconds
  msg_seq BIGINT NOT NULL,
  msg_random BIGINT NOT NULL,
  grown_at BIGINT NOT NULL,      -- unix milliseconds of the last piece
  PRIMARY KEY (app, stream)
) {clustered};
CREATE INDEX message_stream_grown ON message_stream (grown_at);
