-- Signup data that waits to become a user. token_hash: SHA-256 of the whole utk_ token, which is its id on the wire.
CREATE TABLE signup_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    username TEXT NOT NULL,
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    credential_type TEXT NOT NULL,
    password_hash TEXT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX signup_tokens_by_realm ON signup_tokens (realm_id);
CREATE INDEX signup_tokens_by_expiry ON signup_tokens (expires_at);
