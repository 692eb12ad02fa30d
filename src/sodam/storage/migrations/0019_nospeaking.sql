-- oldest: 9
-- Accounts that may not write for a while, whoever they write to: unix seconds until then, 0 not muted.
ALTER TABLE account ADD COLUMN c2c_muted_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN group_muted_until BIGINT NOT NULL DEFAULT 0;
