-- oldest: 1
-- One row a user that has relations: its counts and sequences. Whoever changes the user's lists holds this row.
CREATE TABLE relation_owner (
  app BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  friends BIGINT NOT NULL,       -- rows in friend
  blocked BIGINT NOT NULL,       -- rows in blacklist
  pending BIGINT NOT NULL,       -- rows in pendency that wait for this user's answer
  standard_seq BIGINT NOT NULL,  -- grows by each change of a standard friend field
  custom_seq BIGINT NOT NULL,    -- the same for custom friend fields
  group_seq BIGINT NOT NULL,     -- grows by each change of the friend groups or of who is in them
  black_seq BIGINT NOT NULL,
  pending_seq BIGINT NOT NULL,   -- grows by each change of the requests from or to this user
  read_at BIGINT NOT NULL,       -- requests made up to this unix second are read
  groups {blob} NOT NULL,        -- JSON [[slot, name], ...] in order of creation; slot: a bit of friend.groups
  PRIMARY KEY (app, user_id)
) {clustered};
CREATE TABLE friend (
  app BIGINT NOT NULL,
  owner TEXT NOT NULL,
  peer TEXT NOT NULL,            -- is in owner's friend list
  added_at BIGINT NOT NULL,      -- unix seconds; an import may give it
  pos BIGINT NOT NULL,           -- order of arrival in owner's list
  remark TEXT NOT NULL,
  remark_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  wording TEXT NOT NULL,
  groups BIGINT NOT NULL,        -- bits, one a slot of relation_owner.groups
  custom {blob} NOT NULL,        -- JSON object, tag to value; empty when there is none
  PRIMARY KEY (app, owner, peer)
) {clustered};
CREATE INDEX friend_page ON friend (app, owner, added_at, pos);
CREATE INDEX friend_of ON friend (app, peer, owner);
CREATE TABLE blacklist (
  app BIGINT NOT NULL,
  owner TEXT NOT NULL,
  peer TEXT NOT NULL,            -- is blocked by owner
  added_at BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (app, owner, peer)
) {clustered};
CREATE INDEX blacklist_of ON blacklist (app, peer, owner);
CREATE TABLE pendency (
  app BIGINT NOT NULL,
  owner TEXT NOT NULL,           -- is to answer
  peer TEXT NOT NULL,            -- asked to be friends
  asked_at BIGINT NOT NULL,      -- unix seconds, of the newest of repeated requests
  pos BIGINT NOT NULL,
  remark TEXT NOT NULL,          -- what peer wants owner to be called, once accepted
  grp TEXT NOT NULL,             -- and the group to put owner in
  source TEXT NOT NULL,
  wording TEXT NOT NULL,
  PRIMARY KEY (app, owner, peer)
) {clustered};
CREATE INDEX pendency_of ON pendency (app, peer, owner);
CREATE TABLE follow_owner (
  app BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  followers BIGINT NOT NULL,
  following BIGINT NOT NULL,
  mutual BIGINT NOT NULL,
  PRIMARY KEY (app, user_id)
) {clustered};
CREATE TABLE follow (
  app BIGINT NOT NULL,
  owner TEXT NOT NULL,
  peer TEXT NOT NULL,            -- is followed by owner
  followed_at BIGINT NOT NULL,   -- unix milliseconds
  mutual BIGINT NOT NULL,        -- 1: peer follows owner, too
  PRIMARY KEY (app, owner, peer)
) {clustered};
CREATE INDEX follow_following ON follow (app, owner, followed_at, peer);
CREATE INDEX follow_followers ON follow (app, peer, followed_at, owner);
CREATE INDEX follow_mutual ON follow (app, owner, followed_at, peer) WHERE mutual = 1;
