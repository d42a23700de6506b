-- A signup token of somebody who came by a social provider. sealed: the provider's token. email_verified: whether the
-- provider has verified the address.
ALTER TABLE signup_tokens ADD COLUMN auth_provider_id TEXT REFERENCES auth_providers (id) ON DELETE CASCADE;
ALTER TABLE signup_tokens ADD COLUMN provider_user_id TEXT;
ALTER TABLE signup_tokens ADD COLUMN sealed BYTEA;
ALTER TABLE signup_tokens ADD COLUMN token_expires_at BIGINT;
ALTER TABLE signup_tokens ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX signup_tokens_by_provider ON signup_tokens (auth_provider_id) WHERE auth_provider_id IS NOT NULL;
