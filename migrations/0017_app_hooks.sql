-- What happens behind events. Without a realm, in every realm of the account. destination: sealed, since it may hold a
-- password. secret: sealed; signs webhooks. event_types: JSON array, empty for all.
CREATE TABLE app_hooks (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT,
    realm_id TEXT REFERENCES realms (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    hook_type TEXT NOT NULL,
    event_types TEXT NOT NULL,
    delay BIGINT NOT NULL,
    destination BYTEA,
    secret BYTEA,
    email_from TEXT,
    email_from_name TEXT,
    email_renderer TEXT NOT NULL,
    email_subject TEXT,
    email_template TEXT,
    email_to TEXT,
    user_type TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX app_hooks_by_realm ON app_hooks (realm_id, id);
CREATE INDEX app_hooks_by_account ON app_hooks (account_id, id);
