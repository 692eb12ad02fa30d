-- oldest: 2
ALTER TABLE app ADD COLUMN expired_at BIGINT NOT NULL DEFAULT 0;     -- expired since; disabled seven days later
-- Apps that are expired already: since their end, or since the operator said so, which was a change of the app.
UPDATE app SET expired_at = CASE WHEN expires_at > 0 AND expires_at < updated_at THEN expires_at ELSE updated_at END
  WHERE status = 'expired';
