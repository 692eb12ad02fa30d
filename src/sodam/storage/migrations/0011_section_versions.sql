-- oldest: 10
-- Each section of an app's settings has its own version: two operators in different sections do not collide.
ALTER TABLE app ADD COLUMN section_versions TEXT NOT NULL DEFAULT '{}';
