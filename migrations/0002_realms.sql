-- account_id is the org_ id of the owning account in the system realm; the system realm itself has none.
-- sessions_ended_at: sessions begun until then have ended (realm made inactive or reset), without touching their rows.
CREATE TABLE realms (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    custom TEXT NOT NULL,
    username_validation_human TEXT NOT NULL,
    require_unique_emails BOOLEAN NOT NULL,
    api_key_prefix TEXT,
    api_key_policy TEXT NOT NULL,
    jwt_algo TEXT NOT NULL,
    jwt_fields TEXT NOT NULL,
    session_type TEXT NOT NULL,
    session_minutes BIGINT NOT NULL,
    session_limit BIGINT NOT NULL,
    api_key_minutes BIGINT NOT NULL,
    permission_limit BIGINT NOT NULL,
    event_days BIGINT NOT NULL,
    resource_links TEXT NOT NULL,
    sessions_ended_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX realms_by_account_name ON realms (account_id, name, id);
CREATE INDEX realms_by_account_id ON realms (account_id, id);
CREATE INDEX realms_by_account_reference ON realms (account_id, reference) WHERE reference IS NOT NULL;

-- Kept for a day, so that deleting a realm twice is not an error for the account that deleted it.
CREATE TABLE realm_deletions (
    realm_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    deleted_at BIGINT NOT NULL
);
CREATE INDEX realm_deletions_by_time ON realm_deletions (deleted_at);
