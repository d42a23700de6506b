//! PostgreSQL: a pool of pipelined connections with prepared statements.

mod connection;
mod pool;
mod tls;
mod transaction;

pub(crate) use connection::failure;
pub(crate) use pool::Postgres;
pub(crate) use transaction::PostgresTx;
