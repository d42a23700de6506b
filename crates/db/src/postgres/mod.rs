//! PostgreSQL: a pool of pipelined connections with prepared statements.

mod tls;

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{NoTls, Row as Received};

use crate::Error;
use crate::error::Result;
use crate::row::{Cells, Row};
use crate::statement::Sql;
use crate::value::{Cell, Value};

/// How long a statement waits for a free connection, and how long opening one may take.
const WAIT: Duration = Duration::from_secs(5);

/// A pool of connections to one PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
}

/// A transaction on PostgreSQL, and the connection that it occupies.
pub(crate) struct PostgresTx {
    /// `None` once committed.
    connection: Option<Object>,
}

impl Postgres {
    pub(crate) async fn open(url: &str, connections: usize) -> Result<Self> {
        let (mut config, tls) = tls::settings(url)?;
        config.connect_timeout(WAIT).application_name("gantry");
        let manage = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls {
            Some(tls) => Manager::from_config(config, tls, manage),
            None => Manager::from_config(config, NoTls, manage),
        };
        let pool = Pool::builder(manager)
            .max_size(connections.max(1))
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .recycle_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| Error::other("cannot make the connection pool", e))?;
        let postgres = Self { pool };
        drop(postgres.connection().await?); // a wrong address or password shows at start, not at the first request
        Ok(postgres)
    }

    pub(crate) async fn connection(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => failure("cannot connect to PostgreSQL", error),
            error @ (PoolError::Timeout(_) | PoolError::Closed) => Error::Busy(error.to_string()),
            error => Error::other("no connection to PostgreSQL", error),
        })
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTx> {
        let connection = self.connection().await?;
        let mut tx = PostgresTx { connection: Some(connection) };
        tx.connection()?.batch_execute("BEGIN").await.map_err(|e| failure("BEGIN", e))?;
        Ok(tx)
    }

    pub(crate) async fn rows<R: Row>(&self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        rows(&self.connection().await?, sql, params).await
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

impl PostgresTx {
    fn connection(&mut self) -> Result<&Object> {
        self.connection.as_ref().ok_or_else(|| Error::Busy("the transaction has ended".to_owned()))
    }

    pub(crate) async fn rows<R: Row>(&mut self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        rows(self.connection()?, sql, params).await
    }

    pub(crate) async fn execute(&mut self, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
        let connection = self.connection()?;
        let fail = |e| failure(sql.name, e);
        let statement = connection.prepare_cached(sql.postgres).await.map_err(fail)?;
        connection.execute_raw(&statement, params).await.map_err(fail)
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        self.connection()?.batch_execute("COMMIT").await.map_err(|e| failure("COMMIT", e))?;
        self.connection = None;
        Ok(())
    }
}

impl Drop for PostgresTx {
    /// The ROLLBACK queues behind whatever the cancelled future had sent; only then is the connection used again.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(Object::take(connection)); // closed: the server rolls back
            return;
        };
        runtime.spawn(async move {
            let rolled_back = tokio::time::timeout(WAIT, connection.batch_execute("ROLLBACK")).await;
            if !matches!(rolled_back, Ok(Ok(()))) {
                drop(Object::take(connection));
            }
        });
    }
}

async fn rows<R: Row>(connection: &Object, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
    let fail = |e| failure(sql.name, e);
    let statement = connection.prepare_cached(sql.postgres).await.map_err(fail)?;
    let params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = params.iter().map(|p| p as _).collect();
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
