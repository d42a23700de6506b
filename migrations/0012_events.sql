-- Events outlive what they tell of, so nothing here is a foreign key.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT,
    realm_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    event_at BIGINT NOT NULL,
    app_hook_id TEXT,
    auth_provider_id TEXT,
    connected_app_id TEXT,
    membership_id TEXT,
    org_id TEXT,
    user_id TEXT,
    request_ip TEXT,
    request_client TEXT
);
CREATE INDEX events_by_account ON events (account_id, id);
CREATE INDEX events_by_realm ON events (realm_id, id);
CREATE INDEX events_by_type ON events (realm_id, event_type, id);
CREATE INDEX events_by_user ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX events_by_org ON events (org_id, id) WHERE org_id IS NOT NULL;
CREATE INDEX events_by_membership ON events (membership_id, id) WHERE membership_id IS NOT NULL;
CREATE INDEX events_by_app_hook ON events (app_hook_id, id) WHERE app_hook_id IS NOT NULL;
CREATE INDEX events_by_auth_provider ON events (auth_provider_id, id) WHERE auth_provider_id IS NOT NULL;
CREATE INDEX events_by_connected_app ON events (connected_app_id, id) WHERE connected_app_id IS NOT NULL;
CREATE INDEX events_by_time ON events (event_at);
