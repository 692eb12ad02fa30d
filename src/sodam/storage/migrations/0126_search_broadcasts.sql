-- oldest: 60
-- How far the search index has come among what official accounts said. An index that was complete lacks it: the walk
-- goes on where it had ended.
ALTER TABLE search_progress ADD COLUMN broadcast_account TEXT NOT NULL DEFAULT '';
ALTER TABLE search_progress ADD COLUMN broadcast_seq BIGINT NOT NULL DEFAULT 0;
UPDATE search_progress SET messages_done = 0, messages_until = 0 WHERE app IN (SELECT DISTINCT app FROM official_message);
