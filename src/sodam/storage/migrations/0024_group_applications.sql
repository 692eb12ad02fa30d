-- oldest: 9
-- Applications to join and invitations that wait for a decision. Whoever writes here holds the group's row.
CREATE TABLE group_application (
  num {serial},
  app BIGINT NOT NULL,
  group_id {key} NOT NULL,
  applicant {key} NOT NULL,      -- who applied, or who invites
  invited {key} NOT NULL,        -- ''  for an application
  at BIGINT NOT NULL,            -- unix seconds
  remark TEXT NOT NULL,
  token TEXT NOT NULL            -- by which a client shows that it answers this one
);
CREATE UNIQUE INDEX group_application_of ON group_application (app, group_id, applicant, invited);
CREATE INDEX group_application_by ON group_application (app, applicant);
CREATE INDEX group_application_for ON group_application (app, invited, group_id);
