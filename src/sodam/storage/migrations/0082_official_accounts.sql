-- oldest: 9
-- Official accounts (officials/): accounts that users subscribe to, and what they tell all of them. A message is one row,
-- whoever reads it; how a subscriber stands in the conversation is part of the subscription.
CREATE TABLE official_account (
  app BIGINT NOT NULL,
  account {key} NOT NULL,          -- its UserID
  owner {key} NOT NULL,            -- '' the owner's account is gone
  name TEXT NOT NULL,
  introduction TEXT NOT NULL,
  face_url TEXT NOT NULL,
  organization TEXT NOT NULL,
  custom TEXT NOT NULL,
  max_subscribers BIGINT NOT NULL,
  subscribers BIGINT NOT NULL,
  created_at BIGINT NOT NULL,      -- unix seconds
  last_seq BIGINT NOT NULL,        -- of its messages, from 1 without holes
  last_time BIGINT NOT NULL,       -- MsgTime of the newest one; 0 nothing was ever said
  PRIMARY KEY (app, account)
) {clustered};
CREATE INDEX official_account_owner ON official_account (app, owner);

CREATE TABLE official_subscriber (
  app BIGINT NOT NULL,
  account {key} NOT NULL,
  user_id {key} NOT NULL,
  at BIGINT NOT NULL,              -- unix seconds
  custom TEXT NOT NULL,
  join_seq BIGINT NOT NULL,        -- nothing up to it is for the user
  read_seq BIGINT NOT NULL,
  clear_seq BIGINT NOT NULL,       -- cleared by the user for itself
  hide_seq BIGINT NOT NULL,        -- taken off the list until something newer comes
  PRIMARY KEY (app, account, user_id)
) {clustered};
CREATE INDEX official_subscriber_user ON official_subscriber (app, user_id, account);

CREATE TABLE official_message (
  app BIGINT NOT NULL,
  account {key} NOT NULL,
  seq BIGINT NOT NULL,
  msg_time BIGINT NOT NULL,        -- unix seconds; never falls within an account
  random BIGINT NOT NULL,
  at BIGINT NOT NULL,              -- when it was stored, unix microseconds
  flags BIGINT NOT NULL,           -- see messages/model.py
  recalled_at BIGINT NOT NULL,     -- unix seconds; 0 it stands
  body {blob} NOT NULL,
  cloud {blob} NOT NULL,
  PRIMARY KEY (app, account, seq)
);
CREATE INDEX official_message_time ON official_message (app, account, msg_time);

-- Messages that a subscriber has deleted for itself.
CREATE TABLE official_hidden (
  app BIGINT NOT NULL,
  account {key} NOT NULL,
  user_id {key} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (app, account, user_id, seq)
) {clustered};
CREATE INDEX official_hidden_user ON official_hidden (app, user_id);
