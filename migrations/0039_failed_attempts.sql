-- Wrong passwords and codes that are not forgiven yet: one row for each user and counter that has any, none for others.
-- subject: the user's id, or what stands for a name that is nobody's. counter: password, code, code known, or browser
-- and a known browser's name. empty_at: when all of them are forgiven, in epoch milliseconds. locked_at: when their number
-- reached the limit. A row goes after a success or once all is forgiven, so nothing here is a foreign key.
CREATE TABLE failed_attempts (
    realm_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    counter TEXT NOT NULL,
    empty_at BIGINT NOT NULL,
    locked_at BIGINT,
    PRIMARY KEY (realm_id, subject, counter)
);
CREATE INDEX failed_attempts_by_end ON failed_attempts (empty_at);
