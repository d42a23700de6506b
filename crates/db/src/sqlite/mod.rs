//! SQLite: several readers, one writer, group commit.

mod batch;
mod checkpoints;
mod connection;
mod readers;
mod writer;

pub(crate) use connection::failure;
pub(crate) use readers::Sqlite;
pub(crate) use writer::SqliteTx;
