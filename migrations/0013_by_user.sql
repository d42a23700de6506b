-- With the realm in it, the index that finds one user's rows is also the better match for a statement that names both.
-- Without, SQLite may walk through all of the realm's rows instead, which are in the wanted order too.
DROP INDEX sessions_by_user;
CREATE INDEX sessions_by_user ON sessions (user_id, realm_id, id);
DROP INDEX credentials_by_user;
CREATE INDEX credentials_by_user ON credentials (user_id, realm_id, id);
CREATE INDEX memberships_by_user ON memberships (user_id, realm_id, id);
