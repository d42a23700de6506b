-- Mails of an installation without an SMTP server, for the operator to read. message: the whole mail, sealed.
CREATE TABLE outbox_mails (
    id TEXT NOT NULL PRIMARY KEY,
    realm_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_mails_by_realm ON outbox_mails (realm_id, id);
