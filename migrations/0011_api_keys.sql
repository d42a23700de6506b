-- The account's keys. secret_hash: SHA-256 of the whole key. access: read, write, admin_realm or admin_account.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    access TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    realm_ids TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, id);
