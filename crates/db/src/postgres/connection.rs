//! Runs statements on one connection and reads their rows.

use std::time::Duration;

use tokio_postgres::Row as Received;
use tokio_postgres::types::{ToSql, Type};

use super::lease::Lease;
use crate::Error;
use crate::error::Result;
use crate::row::{Cells, Row};
use crate::statement::Sql;
use crate::value::{Cell, Value};

/// Runs a statement, including its preparation if needed, under one deadline.
pub(super) async fn rows<R: Row>(
    lease: &Lease,
    deadline: Duration,
    sql: &Sql<R>,
    params: &[Value<'_>],
) -> Result<Vec<R>> {
    let client = lease.client()?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
    let query = async {
        let statement = client.prepare_cached(sql.postgres).await?;
        client.query(&statement, &params).await
    };
    let received = lease.call(sql.name, deadline, query).await?;
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
