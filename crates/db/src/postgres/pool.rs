//! The pool of connections to one database.

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use super::connection::{WAIT, failure, rows};
use super::tls;
use super::transaction::PostgresTx;
use crate::Error;
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// A pool of connections to one PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
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
        PostgresTx::begin(self.connection().await?).await
    }

    pub(crate) async fn rows<R: Row>(&self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        rows(&self.connection().await?, sql, params).await
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}
