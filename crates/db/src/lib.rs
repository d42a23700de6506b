//! One SQL text per query, two engines: SQLite (rusqlite) and PostgreSQL (tokio-postgres) behind one [`Db`].
//!
//! The layer is independent of the product's domain. It guarantees:
//! - SQL is made of constants only ([`statements!`]), never of user text;
//! - a [`Tx`] that is dropped without [`Tx::commit`] is rolled back, no matter when its future was cancelled;
//! - [`Tx::commit`] returns after the change is on disk (SQLite: one fsync shared by all waiting transactions);
//! - every call has a deadline; a connection that missed one is closed, and one whose caller was dropped is reused only
//!   after it has responded;
//! - a read outside a transaction sees every change acknowledged before it began.
//!
//! Rules for callers: do nothing slow inside a transaction, never open two at once in one task, and read through the
//! transaction that is open. Builds with debug assertions panic if a task asks for a second connection. SQLite
//! statements run inline on the calling worker, since a point read is shorter than a thread hop.

#![warn(missing_docs)]

pub mod check;
mod db;
mod error;
pub mod migrate;
mod one_at_a_time;
mod pending;
mod postgres;
mod row;
mod sqlite;
mod statement;
mod value;

pub use db::{Db, Engine, Query, Settings, Tx};
pub use error::{Error, Result};
pub use postgres::{check_postgres_url, masked_postgres_url};
pub use row::{Cells, Column, ColumnSpec, Kind, Row};
pub use statement::{Sql, Statement, joined, question_marks};
pub use value::{Cell, Value};
