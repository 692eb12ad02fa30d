-- oldest: 9
-- Key-value pairs and reactions that users add to a message (extensions/). A message is named by the type of its
-- conversation (1 one-to-one, 2 group), the conversation's key (as c2c_message has it; of a group its GroupId) and its
-- place in it, so that every type of conversation keeps them here.
CREATE TABLE message_extension (  -- of a message that has any; locked by whoever writes to them
  app BIGINT NOT NULL,
  type BIGINT NOT NULL,
  conv {key} NOT NULL,
  seq BIGINT NOT NULL,
  last_seq BIGINT NOT NULL,      -- number of the last accepted write
  clear_seq BIGINT NOT NULL,     -- number of the write that last removed all keys; 0: none did
  minute BIGINT NOT NULL,        -- minute of the last write, and how many there were in it
  writes BIGINT NOT NULL,
  PRIMARY KEY (app, type, conv, seq)
) {clustered};
CREATE TABLE message_extension_key (
  app BIGINT NOT NULL,
  type BIGINT NOT NULL,
  conv {key} NOT NULL,
  seq BIGINT NOT NULL,
  name {key} NOT NULL,
  value TEXT NOT NULL,           -- empty: the key was deleted
  key_seq BIGINT NOT NULL,       -- number of the write that set it
  PRIMARY KEY (app, type, conv, seq, name)
) {clustered};
CREATE TABLE message_reaction (
  app BIGINT NOT NULL,
  type BIGINT NOT NULL,
  conv {key} NOT NULL,
  seq BIGINT NOT NULL,
  reaction {key} NOT NULL,
  account {key} NOT NULL,
  place BIGINT NOT NULL,         -- among the reactions to the message, in the order in which they were added
  PRIMARY KEY (app, type, conv, seq, reaction, account)
) {clustered};
CREATE INDEX message_reaction_account ON message_reaction (app, account);
-- What was changed of a message: 0 it was recalled or edited; others are named in c2c/model.py, detail says what and
-- size how many bytes it takes to tell a device.
ALTER TABLE c2c_change ADD COLUMN kind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE c2c_change ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE c2c_change ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
