-- oldest: 9
-- What a user's clients say of the user beside being online or not; '' nothing.
ALTER TABLE account ADD COLUMN custom_status TEXT NOT NULL DEFAULT '';
