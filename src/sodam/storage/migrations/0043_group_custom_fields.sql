-- oldest: 9
-- Values of custom fields of members; those of groups stand in the group's profile.
ALTER TABLE group_member ADD COLUMN custom TEXT NOT NULL DEFAULT '';  -- JSON, values by name; '': none
