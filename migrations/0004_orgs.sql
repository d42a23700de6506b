CREATE TABLE orgs (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    custom TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX orgs_by_name ON orgs (realm_id, name, id);
CREATE INDEX orgs_by_id ON orgs (realm_id, id);
CREATE INDEX orgs_by_reference ON orgs (realm_id, reference, id) WHERE reference IS NOT NULL;
