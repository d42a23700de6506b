-- Two realms may be given the same key, such as a staging and a live one.
DROP INDEX credentials_api_key_hash;
CREATE UNIQUE INDEX credentials_realm_id_api_key_hash ON credentials (realm_id, api_key_hash) WHERE api_key_hash IS NOT NULL;
CREATE INDEX credentials_by_provider ON credentials (auth_provider_id) WHERE auth_provider_id IS NOT NULL;
