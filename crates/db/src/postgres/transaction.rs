//! PostgreSQL transactions, including the rollback of dropped ones.

use std::time::Duration;

use super::connection::rows;
use super::lease::{DEADLINE, Lease};
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Names with equal hashes block each other needlessly, which is harmless.
const HOLD: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Time that the client waits beyond the server-side timeout of a statement with its own deadline.
const MARGIN: Duration = Duration::from_secs(1);

/// A PostgreSQL transaction and the connection that it occupies. If dropped, it is rolled back: the ROLLBACK is queued
/// after anything that the dropped future has sent, and the connection is reused only after that.
pub(crate) struct PostgresTx {
    lease: Lease,
    deadline: Duration,
}

impl PostgresTx {
    pub(super) async fn begin(mut lease: Lease) -> Result<Self> {
        // Set first: if this future is dropped, BEGIN may already have been sent.
        lease.cleanup = "ROLLBACK";
        let tx = Self { lease, deadline: DEADLINE };
        tx.batch("BEGIN", "BEGIN").await?;
        Ok(tx)
    }

    pub(crate) async fn rows<R: Row>(&mut self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        rows(&self.lease, self.deadline, sql, params).await
    }

    pub(crate) async fn execute(&mut self, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
        let client = self.lease.client()?;
        let call = async {
            let statement = client.prepare_cached(sql.postgres).await?;
            client.execute_raw(&statement, params).await
        };
        self.lease.call(sql.name, self.deadline, call).await
    }

    pub(crate) async fn hold(&mut self, name: &str) -> Result<()> {
        let client = self.lease.client()?;
        let call = async {
            let statement = client.prepare_cached(HOLD).await?;
            client.execute(&statement, &[&name]).await
        };
        self.lease.call("HOLD", DEADLINE, call).await.map(|_| ())
    }

    /// Sets the deadline of each later statement in this transaction, on the server as well.
    pub(crate) async fn set_deadline(&mut self, deadline: Duration) -> Result<()> {
        let set = format!("SET LOCAL statement_timeout = {}", deadline.as_millis());
        self.batch("statement_timeout", &set).await?;
        self.lease.is_long = true;
        self.deadline = deadline + MARGIN;
        Ok(())
    }

    /// Runs statements without parameters.
    pub(crate) async fn batch(&self, context: &str, sql: &str) -> Result<()> {
        self.lease.call(context, self.deadline, self.lease.client()?.batch_execute(sql)).await
    }

    /// Returns the connection, for statements that are not [`Sql`] constants.
    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    /// # Errors
    /// [`crate::Error::Unavailable`] also if no response to COMMIT arrived, in which case the change may have been
    /// made.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let sent = self.lease.client()?.batch_execute("COMMIT");
        self.lease.call("COMMIT, whose outcome is unknown", DEADLINE, sent).await?;
        (self.lease.cleanup, self.lease.is_long) = ("", false);
        Ok(())
    }
}
