//! A transaction, and what becomes of one that is dropped.

use deadpool_postgres::Object;

use super::connection::{WAIT, failure, rows};
use crate::Error;
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Two names of one hash wait for each other for nothing, which does no harm.
const HOLD: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// A transaction on PostgreSQL, and the connection that it occupies.
pub(crate) struct PostgresTx {
    /// `None` once committed.
    connection: Option<Object>,
}

impl PostgresTx {
    pub(super) async fn begin(connection: Object) -> Result<Self> {
        // A transaction from here on: if this future is dropped, BEGIN may have been sent.
        let mut tx = Self { connection: Some(connection) };
        tx.connection()?.batch_execute("BEGIN").await.map_err(|e| failure("BEGIN", e))?;
        Ok(tx)
    }

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

    pub(crate) async fn hold(&mut self, name: &str) -> Result<()> {
        let connection = self.connection()?;
        let fail = |e| failure("hold", e);
        let statement = connection.prepare_cached(HOLD).await.map_err(fail)?;
        connection.execute(&statement, &[&name]).await.map(|_| ()).map_err(fail)
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
