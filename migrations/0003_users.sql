-- unique_email is the email while the realm wants emails unique, else NULL.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL REFERENCES realms (id) ON DELETE CASCADE,
    user_type TEXT NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    custom TEXT NOT NULL,
    username TEXT NOT NULL,
    email TEXT,
    unique_email TEXT,
    email_verification TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    name TEXT NOT NULL,
    last_login_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_realm_id_username ON users (realm_id, username);
CREATE UNIQUE INDEX users_realm_id_unique_email ON users (realm_id, unique_email);
CREATE INDEX users_by_id ON users (realm_id, id);
CREATE INDEX users_by_email ON users (realm_id, COALESCE(email, ''), id);
CREATE INDEX users_by_name ON users (realm_id, name, id);
CREATE INDEX users_by_reference ON users (realm_id, reference, id) WHERE reference IS NOT NULL;
CREATE INDEX users_by_last_login ON users (realm_id, COALESCE(last_login_at, 0), id);
CREATE INDEX users_by_creation ON users (realm_id, created_at, id);
