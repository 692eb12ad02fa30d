-- oldest: 5
-- Attempts to sign in (access/attempts.py). Name empty: any name from that address; address empty: from anywhere.
CREATE TABLE login_attempt (
  name {key} NOT NULL,           -- in lower case
  address {key} NOT NULL,
  since BIGINT NOT NULL,         -- unix seconds: the hour that is counted begins here
  attempts BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  PRIMARY KEY (name, address)
) {clustered};
ALTER TABLE cam_user DROP COLUMN failures;
ALTER TABLE cam_user DROP COLUMN locked_until;
