-- oldest: 60
-- Why somebody is banned, as whoever banned it says.
ALTER TABLE group_ban ADD COLUMN reason TEXT NOT NULL DEFAULT '';
