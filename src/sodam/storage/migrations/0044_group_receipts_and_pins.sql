-- oldest: 9
-- Who has confirmed to have read a message that was sent with NeedReadReceipt.
CREATE TABLE group_receipt (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  user_id {key} NOT NULL,
  PRIMARY KEY (app, group_id, seq, user_id)
) {clustered};
CREATE INDEX group_receipt_of ON group_receipt (app, user_id);
-- Messages that are pinned in a group.
CREATE TABLE group_pin (
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  pinner {key} NOT NULL,         -- '': an account that was deleted
  place BIGINT NOT NULL,         -- grows with each pin of the group
  PRIMARY KEY (app, group_id, seq)
) {clustered};
CREATE INDEX group_pin_of ON group_pin (app, pinner);
