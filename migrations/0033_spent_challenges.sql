-- Challenges of signups that were answered, kept until they would have run out, so that each counts once.
CREATE TABLE spent_challenges (
    challenge_hash BYTEA NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_challenges_by_realm ON spent_challenges (realm_id);
CREATE INDEX spent_challenges_by_expiry ON spent_challenges (expires_at);
