-- oldest: 9
-- Which devices were sent a message's push, and under which name it stands there: what is taken back replaces it.
ALTER TABLE push_decided ADD COLUMN pushed TEXT NOT NULL DEFAULT '';
