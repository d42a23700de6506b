-- How far an import has come, so that a killed one goes on. source: SHA-256 of the file, as hexadecimal digits.
CREATE TABLE imports (
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    lines BIGINT NOT NULL,
    PRIMARY KEY (realm_id, source)
);
