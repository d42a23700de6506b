-- Forms of the hosted pages that have changed something, kept for some minutes, so that the second sending of one form
-- gets the first one's answer. The key is a hash of what was sent; `answer` is sealed, and null until it is known.
CREATE TABLE form_submissions (
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    submission_hash BYTEA NOT NULL,
    answer BYTEA,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (realm_id, submission_hash)
);
CREATE INDEX form_submissions_by_expiry ON form_submissions (expires_at);
