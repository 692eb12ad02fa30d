-- oldest: 9
-- What was stored when an upload came, so that it can be told whether anything still names it; and when a message that
-- names it was recalled (media/recalled.py).
ALTER TABLE media_object ADD COLUMN since TEXT NOT NULL DEFAULT '';           -- JSON: a number for each place that is looked at; '': not known
ALTER TABLE media_object ADD COLUMN recalled_at BIGINT NOT NULL DEFAULT 0;    -- unix seconds; 0: nothing to look at
CREATE INDEX media_object_recalled ON media_object (recalled_at) WHERE recalled_at > 0;
