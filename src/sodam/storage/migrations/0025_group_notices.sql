-- oldest: 9
-- Notices of groups to single users, kept for devices that were away.
CREATE TABLE group_notice (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  seq BIGINT NOT NULL,           -- of the user's, without holes: group_notice_user hands it out
  random BIGINT NOT NULL,
  at BIGINT NOT NULL,            -- unix seconds
  kind BIGINT NOT NULL,          -- ReportType, see groups/notices.py
  group_id {key} NOT NULL,
  body {blob} NOT NULL,          -- JSON: the item of GroupTips
  PRIMARY KEY (app, user_id, seq)
) {clustered};
CREATE TABLE group_notice_user (
  app BIGINT NOT NULL,
  user_id {key} NOT NULL,
  seq BIGINT NOT NULL,           -- the newest notice's
  PRIMARY KEY (app, user_id)
) {clustered};
