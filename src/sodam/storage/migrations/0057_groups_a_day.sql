-- oldest: 9
-- How many groups more than in the morning an app has: those made on a day without those dissolved on it.
CREATE TABLE group_day (
  app BIGINT NOT NULL PRIMARY KEY,
  day BIGINT NOT NULL,           -- days since 1970; a new day begins at 0
  net BIGINT NOT NULL,
  alarmed BIGINT NOT NULL        -- 1: the app was told that most of the day's number is used
) {clustered};
