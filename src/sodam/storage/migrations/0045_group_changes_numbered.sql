-- oldest: 9
-- What happens to messages of a group after they were sent is numbered without holes, so that a node knows what it missed.
ALTER TABLE chat_group ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;    -- the number that the last change got
ALTER TABLE group_change ADD COLUMN num BIGINT NOT NULL DEFAULT 0;      -- rows of one change have one; 0: nobody is notified
ALTER TABLE group_change ADD COLUMN kind BIGINT NOT NULL DEFAULT 0;     -- see messages/model.py: 0 a recall or an edit
ALTER TABLE group_change ADD COLUMN detail TEXT NOT NULL DEFAULT '';    -- which of the message's extensions or reactions
CREATE INDEX group_change_num ON group_change (app, group_id, num);
ALTER TABLE chat_group ADD COLUMN purged_counted BIGINT NOT NULL DEFAULT 0; -- counted of the newest message that is erased
CREATE INDEX group_notice_at ON group_notice (at);
