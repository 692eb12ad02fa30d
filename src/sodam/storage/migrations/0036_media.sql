-- oldest: 9
-- Uploaded pictures, sounds, videos and files (media/). Their bytes lie outside the database; a row owns them.
CREATE TABLE media_object (
  app BIGINT NOT NULL,
  name {key} NOT NULL,           -- cannot be guessed; part of the address
  uploader {key} NOT NULL,
  kind BIGINT NOT NULL,          -- 1 picture, 2 video, 3 sound, 4 avatar, 255 file
  type TEXT NOT NULL,            -- as found in the content, never as the uploader said
  file_name TEXT NOT NULL,       -- as the uploader called it, for whoever saves it
  size BIGINT NOT NULL,          -- bytes of the upload itself
  stored BIGINT NOT NULL,        -- bytes of all its forms together
  width BIGINT NOT NULL,         -- of a picture, as it is shown; 0: not known
  height BIGINT NOT NULL,
  md5 TEXT NOT NULL,             -- of what is handed out
  forms BIGINT NOT NULL,         -- 1: has a small form, 2: a large one, 3: both
  state BIGINT NOT NULL,         -- 0 it is arriving, 1 it is there, 2 it is forbidden, 3 it is to be erased
  created_at BIGINT NOT NULL,    -- unix seconds
  used_at BIGINT NOT NULL,       -- when a message that names it was last sent
  PRIMARY KEY (app, name)
) {clustered};
CREATE INDEX media_object_used ON media_object (app, state, used_at);
CREATE INDEX media_object_uploader ON media_object (app, uploader);
CREATE TABLE media_usage (
  app BIGINT PRIMARY KEY,
  bytes BIGINT NOT NULL,         -- of all forms of all objects
  objects BIGINT NOT NULL
);
