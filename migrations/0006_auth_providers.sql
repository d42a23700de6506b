-- settings: the type's own fields as JSON. client_secret is sealed.
CREATE TABLE auth_providers (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    provider_type TEXT NOT NULL,
    state TEXT NOT NULL,
    name TEXT,
    client_id TEXT,
    client_secret BYTEA,
    scopes TEXT,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX auth_providers_realm_id_provider_type ON auth_providers (realm_id, provider_type) WHERE provider_type <> 'oauth2';
CREATE INDEX auth_providers_by_id ON auth_providers (realm_id, id);
