-- Without an org, the permissions belong to the user alone; one such membership per user.
CREATE TABLE memberships (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    org_id TEXT REFERENCES orgs (id) ON DELETE CASCADE,
    permissions TEXT NOT NULL,
    custom TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX memberships_user_id_org_id ON memberships (user_id, org_id);
CREATE UNIQUE INDEX memberships_user_id ON memberships (user_id) WHERE org_id IS NULL;
CREATE INDEX memberships_by_realm ON memberships (realm_id, id);
CREATE INDEX memberships_by_org ON memberships (org_id, id) WHERE org_id IS NOT NULL;
CREATE INDEX memberships_by_expiry ON memberships (expires_at) WHERE expires_at IS NOT NULL;
