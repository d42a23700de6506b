-- redirect_uris, allowed_origins: JSON arrays of text.
CREATE TABLE connected_apps (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    login_handler TEXT NOT NULL,
    signup_handler TEXT,
    redirect_uris TEXT NOT NULL,
    subdomain TEXT NOT NULL,
    primary_domain TEXT,
    header TEXT,
    footer TEXT,
    external_css TEXT,
    allowed_origins TEXT NOT NULL,
    jsonp BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX connected_apps_subdomain ON connected_apps (subdomain);
CREATE INDEX connected_apps_by_name ON connected_apps (realm_id, name, id);
CREATE INDEX connected_apps_by_id ON connected_apps (realm_id, id);

CREATE TABLE connected_app_domains (
    domain TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    connected_app_id TEXT NOT NULL REFERENCES connected_apps (id) ON DELETE CASCADE
);
CREATE INDEX connected_app_domains_by_app ON connected_app_domains (connected_app_id, domain);
CREATE INDEX connected_app_domains_by_realm ON connected_app_domains (realm_id);
