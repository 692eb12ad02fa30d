-- oldest: 6
-- A message's place among those of its second, larger than that of whatever stands before it. Of live messages it is
-- seq; imported ones stand before them, by the MsgSeq that was given and then by arrival: (MsgSeq - 2^32) * 2^30 + seq
-- mod 2^30.
ALTER TABLE c2c_message ADD COLUMN ord BIGINT NOT NULL DEFAULT 0;
UPDATE c2c_message SET ord =
  CASE WHEN (flags & 1024) <> 0 THEN (msg_seq - 4294967296) * 1073741824 + seq % 1073741824 ELSE seq END;
-- In place of the old index, which ordered by the numbers that senders choose. They stand at the end, so that a message
-- is found by its key within the index, however many messages share its second.
CREATE INDEX c2c_message_place ON c2c_message (app, conv, msg_time, ord, msg_seq, msg_random);
DROP INDEX c2c_message_history;
-- When the conversation last moved in the list of its first and second UserID: unix microseconds, each message later
-- than the one before it. They were seconds.
ALTER TABLE c2c_head RENAME COLUMN low_time TO low_at;
ALTER TABLE c2c_head RENAME COLUMN high_time TO high_at;
UPDATE c2c_head SET low_at = low_at * 1000000, high_at = high_at * 1000000;
-- The largest MsgSeq of the live messages of second last_time, and what it was before the newest batch of them.
ALTER TABLE c2c_head ADD COLUMN last_num BIGINT NOT NULL DEFAULT 0;
ALTER TABLE c2c_head ADD COLUMN prev_num BIGINT NOT NULL DEFAULT 0;
UPDATE c2c_head SET last_num = COALESCE((SELECT MAX(m.msg_seq) FROM c2c_message m WHERE m.app = c2c_head.app
  AND m.conv = c2c_head.conv AND m.msg_time = c2c_head.last_time AND m.ord > 0), 0);
-- What was sent within the last minutes, for servers that share a database: one message given to two of them is one.
-- key: 16 bytes of BLAKE2b, see messages/dedupe.py. Written and read on PostgreSQL only.
CREATE TABLE c2c_recent (
  app BIGINT NOT NULL,
  key {blob} NOT NULL,
  stored_at BIGINT NOT NULL,     -- unix seconds
  msg_time BIGINT NOT NULL,
  msg_seq BIGINT NOT NULL,
  PRIMARY KEY (app, key)
) {clustered};
