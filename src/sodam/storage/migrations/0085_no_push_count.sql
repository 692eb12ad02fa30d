-- oldest: 60
-- Pushes are counted among the statistics (0050): nothing writes or reads this table any longer.
DROP TABLE push_count;
