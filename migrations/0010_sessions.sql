CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    request_ip TEXT,
    request_client TEXT,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_realm ON sessions (realm_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- What a browser's cookie on a LoginRocket host stands for. token_hash: SHA-256 of the cookie's value.
CREATE TABLE remembered_sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX remembered_sessions_by_session ON remembered_sessions (session_id);
CREATE INDEX remembered_sessions_by_realm ON remembered_sessions (realm_id);
