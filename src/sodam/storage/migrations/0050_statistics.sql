-- oldest: 9
-- What is counted of each app (statistics/). What happens adds to its minute and to its day; minutes become hours when
-- they are old, and are erased.
CREATE TABLE statistic (
  app BIGINT NOT NULL,
  span BIGINT NOT NULL,          -- 1 a minute, 2 an hour, 3 a day
  at BIGINT NOT NULL,            -- minutes or hours since 1970; days since 1970 by the app's time zone
  what {key} NOT NULL,           -- see statistics/model.py
  shard BIGINT NOT NULL,         -- each process adds to a row of its own: the sum counts
  value BIGINT NOT NULL,
  PRIMARY KEY (app, span, at, what, shard)
) {clustered};
-- Who did what on a day, for numbers of different users and groups; gone once they are counted.
CREATE TABLE statistic_seen (
  app BIGINT NOT NULL,
  day BIGINT NOT NULL,
  who {blob} NOT NULL,           -- a hash of app, day and UserID or group ID
  did BIGINT NOT NULL,           -- bits, see statistics/model.py
  PRIMARY KEY (app, day, who)
) {clustered};
-- Days that are over and added up.
CREATE TABLE statistic_day (
  app BIGINT NOT NULL,
  day BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,     -- unix seconds
  PRIMARY KEY (app, day)
) {clustered};
