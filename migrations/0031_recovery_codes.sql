-- What stands in for a user's device once. code_hash: a code over realm, user and the recovery code, under a key that is
-- derived from the master key. A row goes when its code is used.
CREATE TABLE recovery_codes (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id, realm_id);
CREATE INDEX recovery_codes_by_realm ON recovery_codes (realm_id);
