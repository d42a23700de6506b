//! One PostgreSQL connection: how statements run on it, what its errors mean.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::Row as Received;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use crate::Error;
use crate::error::Result;
use crate::row::{Cells, Row};
use crate::statement::Sql;
use crate::value::{Cell, Value};

/// How long a statement waits for a free connection, and how long opening one or ending its transaction may take.
pub(super) const WAIT: Duration = Duration::from_secs(5);

pub(super) async fn rows<R: Row>(connection: &Object, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
    let fail = |e| failure(sql.name, e);
    let statement = connection.prepare_cached(sql.postgres).await.map_err(fail)?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
    let received = connection.query(&statement, &params).await.map_err(fail)?;
    received
        .iter()
        .map(|row| R::read(&PostgresRow(row)).map_err(|column| Error::shape::<R>(sql.name, column)))
        .collect()
}

struct PostgresRow<'a>(&'a Received);

impl Cells for PostgresRow<'_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        let Some(column) = self.0.columns().get(index) else { return Cell::Null };
        match *column.type_() {
            Type::TEXT => self.0.try_get::<_, Option<&str>>(index).ok().flatten().map_or(Cell::Null, Cell::Text),
            Type::INT8 => self.0.try_get::<_, Option<i64>>(index).ok().flatten().map_or(Cell::Null, Cell::Int),
            Type::BOOL => self.0.try_get::<_, Option<bool>>(index).ok().flatten().map_or(Cell::Null, Cell::Bool),
            Type::FLOAT8 => self.0.try_get::<_, Option<f64>>(index).ok().flatten().map_or(Cell::Null, Cell::Real),
            Type::BYTEA => self.0.try_get::<_, Option<&[u8]>>(index).ok().flatten().map_or(Cell::Null, Cell::Bytes),
            _ => Cell::Null, // the statement check refuses other types
        }
    }
}

/// What an error of the driver means to callers.
pub(crate) fn failure(context: &str, error: tokio_postgres::Error) -> Error {
    let Some(told) = error.as_db_error() else {
        if error.is_closed() {
            return Error::Busy(format!("{context}: the connection to PostgreSQL was lost"));
        }
        return Error::other(context, error);
    };
    match *told.code() {
        SqlState::UNIQUE_VIOLATION => Error::Unique(told.constraint().unwrap_or_default().to_owned()),
        SqlState::FOREIGN_KEY_VIOLATION => Error::Reference,
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::LOCK_NOT_AVAILABLE => Error::Busy(format!("{context}: {}", told.message())),
        _ => Error::other(format!("{context}: {}", told.message()), error),
    }
}
