//! PostgreSQL: a pool of pipelined connections with prepared statements, and a deadline for every call.

mod connection;
mod fault;
mod lease;
mod pool;
mod session;
mod tls;
mod transaction;
mod trust;
mod url;

pub(crate) use fault::failure;
pub(crate) use pool::Postgres;
pub(crate) use transaction::PostgresTx;
pub use url::{check as check_postgres_url, masked as masked_postgres_url};
