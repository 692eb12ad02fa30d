-- oldest: 9
-- Lists of words that an app refuses, replaces, marks or allows (moderation/).
CREATE TABLE moderation_list (
  app BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,       -- grows with every change of the list
  words BIGINT NOT NULL          -- how many it has
);
CREATE TABLE moderation_word (
  app BIGINT NOT NULL,
  folded {key} NOT NULL,         -- as texts are compared: moderation/fold.py
  word TEXT NOT NULL,            -- as it was given
  action BIGINT NOT NULL,        -- 1 block, 2 replace, 3 mark, 4 allow
  inside BIGINT NOT NULL,        -- 1: it counts inside longer words, too
  replacement TEXT NOT NULL,
  PRIMARY KEY (app, folded)
) {clustered};
