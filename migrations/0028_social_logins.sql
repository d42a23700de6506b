-- A login that was begun at a social provider and has not come back. state_hash: SHA-256 of the state. bound_to: SHA-256
-- of what its end has to show, a browser's cookie or the caller's nonce; NULL where the caller gave none. sealed: what
-- the code is exchanged with, and where the visit goes on. tries: codes that the provider refused.
CREATE TABLE social_logins (
    state_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    auth_provider_id TEXT NOT NULL REFERENCES auth_providers (id) ON DELETE CASCADE,
    bound_to BYTEA,
    sealed BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX social_logins_by_realm ON social_logins (realm_id);
CREATE INDEX social_logins_by_provider ON social_logins (auth_provider_id);
CREATE INDEX social_logins_by_expiry ON social_logins (expires_at);

-- Somebody whom a provider has told us, and who still has to show the password of the account with their address
-- (user_id), or to fill in a form (no user_id). token_hash: SHA-256 of their browser's cookie. sealed: who they are there.
CREATE TABLE waiting_identities (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    auth_provider_id TEXT NOT NULL REFERENCES auth_providers (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX waiting_identities_by_realm ON waiting_identities (realm_id);
CREATE INDEX waiting_identities_by_provider ON waiting_identities (auth_provider_id);
CREATE INDEX waiting_identities_by_user ON waiting_identities (user_id);
CREATE INDEX waiting_identities_by_expiry ON waiting_identities (expires_at);
