-- oldest: 9
-- Topics of communities are groups with a parent. What a member has read in one stands among the members, under the
-- topic's ID; who is a member is said by the community's rows alone.
ALTER TABLE chat_group ADD COLUMN parent {key} NOT NULL DEFAULT '';
CREATE INDEX chat_group_parent ON chat_group (app, parent, num);
