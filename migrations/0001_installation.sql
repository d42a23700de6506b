-- One row per fact about this installation: the system realm's id, the proof of the master key.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
