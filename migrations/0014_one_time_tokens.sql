-- What one secret sent to a user may do once: set a password, prove an email address, finish a login.
-- token_hash: SHA-256 of the whole token. email: the address that is proven. tries: wrong codes so far.
CREATE TABLE one_time_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    email TEXT,
    tries BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, realm_id, purpose);
CREATE INDEX one_time_tokens_by_realm ON one_time_tokens (realm_id);
CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at);
