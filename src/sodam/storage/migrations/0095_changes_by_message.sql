-- oldest: 60
-- What is remembered of changes goes with their message, found by it: a conversation may have very many others.
CREATE INDEX c2c_change_message ON c2c_change (app, conv, message);
