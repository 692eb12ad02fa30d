-- oldest: 9
-- Texts that can be found, with what finds them: grams (search/grams.py) in an inverted index, which is another thing on
-- each engine.
CREATE TABLE search_doc (
  id {serial},
  app BIGINT NOT NULL,
  kind BIGINT NOT NULL,          -- 1 one-to-one message, 2 message of a group, 3 account, 4 group
  conv {key} NOT NULL,           -- of a message its conversation, else the ID of the account or group
  seq BIGINT NOT NULL,           -- of a message its place in the conversation, else 0
  rank BIGINT NOT NULL,          -- of a message its place within its second
  at BIGINT NOT NULL,            -- unix seconds
  sender {key} NOT NULL,
  elements BIGINT NOT NULL,      -- bits of the types of elements, see search/texts.py
  text TEXT NOT NULL             -- in normal form
);
CREATE UNIQUE INDEX search_doc_place ON search_doc (app, kind, conv, seq);
{sqlite} CREATE VIRTUAL TABLE search_gram USING fts5(grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
{sqlite} CREATE TRIGGER search_doc_gone AFTER DELETE ON search_doc BEGIN DELETE FROM search_gram WHERE rowid = old.id{;} END;
{postgres} ALTER TABLE search_doc ADD COLUMN grams TSVECTOR NOT NULL DEFAULT '';
{postgres} CREATE INDEX search_doc_grams ON search_doc USING gin (grams) WITH (gin_pending_list_limit = 1024);
-- How far the index of an app has come; an app without a row is to be indexed from the beginning.
CREATE TABLE search_progress (
  app BIGINT PRIMARY KEY,
  names_after {key} NOT NULL,    -- accounts up to this UserID are in it
  names_done BIGINT NOT NULL,    -- 1: all accounts and groups are
  groups_after BIGINT NOT NULL,  -- the same of groups, by their number
  c2c_after BIGINT NOT NULL,     -- messages up to this row
  group_after BIGINT NOT NULL,
  messages_until BIGINT NOT NULL, -- unix second until which messages may have been stored without it; 0: it has none
  messages_done BIGINT NOT NULL  -- 1: all messages are in it
);
