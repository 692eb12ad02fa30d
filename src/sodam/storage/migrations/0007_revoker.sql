-- oldest: 6
-- Who recalled a message; empty: it was not recalled, or by a version that did not keep it (then the sender is named).
ALTER TABLE c2c_message ADD COLUMN revoker TEXT NOT NULL DEFAULT '';
