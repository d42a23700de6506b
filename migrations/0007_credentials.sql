-- password_hash: PHC text. api_key_hash: SHA-256. sealed: what must be readable again (TOTP secret, encrypted API key,
-- access token). last_step: the last TOTP step that was spent.
CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_type TEXT NOT NULL,
    state TEXT NOT NULL,
    name TEXT,
    password_hash TEXT,
    api_key_hash BYTEA,
    sealed BYTEA,
    auth_provider_id TEXT REFERENCES auth_providers (id) ON DELETE CASCADE,
    provider_user_id TEXT,
    token_expires_at BIGINT,
    last_step BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX credentials_by_user ON credentials (user_id, id);
CREATE INDEX credentials_by_realm ON credentials (realm_id, id);
CREATE UNIQUE INDEX credentials_user_id ON credentials (user_id) WHERE credential_type = 'password';
CREATE UNIQUE INDEX credentials_api_key_hash ON credentials (api_key_hash) WHERE api_key_hash IS NOT NULL;
CREATE UNIQUE INDEX credentials_auth_provider_id_provider_user_id ON credentials (auth_provider_id, provider_user_id) WHERE provider_user_id IS NOT NULL;
