-- oldest: 9
-- Entries of one lane are done one after the other; "due" alone says when an entry may be looked at again, also while
-- somebody works on it (then it is the end of the lease).
ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT '';
DROP INDEX outbox_due;
CREATE INDEX outbox_ready ON outbox (topic, dead, app, due, id);
CREATE INDEX outbox_lane ON outbox (topic, dead, app, lane, id);
