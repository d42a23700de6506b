-- secret: sealed; the HS256 secret, or the RS256 private key as PEM. public_key: the RS256 public key as PEM.
-- expired_at: replaced then; it verifies until the sessions signed with it have ended.
CREATE TABLE jwt_keys (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    algo TEXT NOT NULL,
    key_use TEXT NOT NULL,
    secret BYTEA NOT NULL,
    public_key TEXT,
    expired_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jwt_keys_by_id ON jwt_keys (realm_id, id);
CREATE UNIQUE INDEX jwt_keys_realm_id ON jwt_keys (realm_id) WHERE expired_at IS NULL;
