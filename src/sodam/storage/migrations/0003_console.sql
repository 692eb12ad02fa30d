-- oldest: 2
ALTER TABLE app ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';          -- JSON object: key to value
ALTER TABLE app ADD COLUMN add_ons TEXT NOT NULL DEFAULT '{}';       -- JSON, see apps/plans.py
ALTER TABLE app ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';     -- JSON: limits set by the operator
ALTER TABLE app ADD COLUMN auto_renew BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN plan_changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN history_changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN settings_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE app ADD COLUMN created_by BIGINT NOT NULL DEFAULT 0;     -- uin; 0: not by the console
ALTER TABLE app ADD COLUMN deleting_at BIGINT NOT NULL DEFAULT 0;    -- being erased since
CREATE TABLE plan_order (
  id {serial},
  sdkappid BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  uin BIGINT NOT NULL,
  kind TEXT NOT NULL,            -- upgrade, renewal, addon, autorenewal
  plan TEXT NOT NULL,
  add_ons TEXT NOT NULL,
  months BIGINT NOT NULL,
  auto_renew BIGINT NOT NULL,
  amount BIGINT NOT NULL,        -- hundredths of the currency
  currency TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX plan_order_app ON plan_order (sdkappid, id);
CREATE TABLE cam_user (
  uin BIGINT PRIMARY KEY,
  root BIGINT NOT NULL,          -- 1: the root account
  name {key} NOT NULL UNIQUE,
  uid BIGINT NOT NULL,
  remark TEXT NOT NULL,
  phone_num TEXT NOT NULL,
  country_code TEXT NOT NULL,
  email TEXT NOT NULL,
  console_login BIGINT NOT NULL,
  password TEXT NOT NULL,        -- argon2id; empty: none
  password_at BIGINT NOT NULL,
  need_reset BIGINT NOT NULL,
  old_passwords TEXT NOT NULL,   -- JSON list of hashes that may not come back
  totp TEXT NOT NULL,            -- base32; empty: none
  totp_next TEXT NOT NULL,       -- begun, not yet confirmed
  totp_step BIGINT NOT NULL,     -- last time step used: a code works once
  failures BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  boundary BIGINT NOT NULL,      -- policy id of the permissions boundary; 0: none
  created_at BIGINT NOT NULL,
  last_login_at BIGINT NOT NULL,
  last_login_ip TEXT NOT NULL
);
CREATE TABLE cam_group (
  id {serial},
  name TEXT NOT NULL UNIQUE,
  remark TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE cam_member (
  group_id BIGINT NOT NULL,
  uin BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, uin)
);
CREATE INDEX cam_member_user ON cam_member (uin);
CREATE TABLE cam_policy (
  id {serial},
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  create_mode BIGINT NOT NULL,
  tags TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  default_version BIGINT NOT NULL,
  last_version BIGINT NOT NULL
);
CREATE TABLE cam_policy_version (
  policy_id BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (policy_id, version_id)
);
CREATE TABLE cam_preset_alias (
  policy_id BIGINT PRIMARY KEY,
  alias TEXT NOT NULL
);
CREATE TABLE cam_attachment (
  policy_id BIGINT NOT NULL,     -- of cam_policy, or a preset's
  kind TEXT NOT NULL,            -- user, group
  target BIGINT NOT NULL,        -- uin or group id
  created_at BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  PRIMARY KEY (policy_id, kind, target)
);
CREATE INDEX cam_attachment_target ON cam_attachment (kind, target);
CREATE TABLE cam_access_key (
  secret_id TEXT PRIMARY KEY,
  uin BIGINT NOT NULL,
  secret_key TEXT NOT NULL,
  active BIGINT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE INDEX cam_access_key_user ON cam_access_key (uin);
CREATE TABLE console_session (
  token_hash TEXT PRIMARY KEY,   -- SHA-256: the database alone signs nobody in
  uin BIGINT NOT NULL,
  mfa BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX console_session_user ON console_session (uin);
-- Jobs outlive the app that they are about: the column is not named as those that are erased with an app.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  about_app BIGINT NOT NULL,     -- SDKAppID; 0: none
  state TEXT NOT NULL,           -- queued, running, done, failed, cancelled
  params TEXT NOT NULL,          -- JSON
  position TEXT NOT NULL,        -- JSON: where to go on after a crash
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,         -- 0: not known
  refused BIGINT NOT NULL,
  message TEXT NOT NULL,
  has_file BIGINT NOT NULL,
  cancel_wanted BIGINT NOT NULL,
  uin BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,    -- unix milliseconds
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL    -- unix milliseconds; over: another worker may take it
);
CREATE INDEX job_state ON job (state, created_at);
CREATE INDEX job_about ON job (about_app, created_at);
-- What a job reads (stream 0) or writes (stream 1), in parts: any node can take a job over or serve its file.
CREATE TABLE job_part (
  job_id TEXT NOT NULL,
  stream BIGINT NOT NULL,
  part BIGINT NOT NULL,
  body {blob} NOT NULL,
  PRIMARY KEY (job_id, stream, part)
);
CREATE TABLE job_refusal (
  job_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  code BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (job_id, line)
);
CREATE TABLE audit_event (
  id {serial},
  time_ms BIGINT NOT NULL,
  uin BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  edge TEXT NOT NULL,            -- console, cloudapi, server
  action TEXT NOT NULL,          -- service:Action
  resource TEXT NOT NULL,
  about_app BIGINT NOT NULL,
  outcome TEXT NOT NULL,         -- ok, refused, failed
  error_code TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  request_id TEXT NOT NULL
);
CREATE INDEX audit_event_time ON audit_event (time_ms, id);
CREATE INDEX audit_event_app ON audit_event (about_app, id);
CREATE INDEX audit_event_user ON audit_event (uin, id);
