//! The database layer: rollback, group commit, migrations, TLS.
