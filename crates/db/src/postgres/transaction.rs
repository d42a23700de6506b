//! A transaction, and what becomes of one that is dropped.

use std::time::Duration;

use super::connection::rows;
use super::lease::{DEADLINE, Lease};
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Two names of one hash wait for each other for nothing, which does no harm.
const HOLD: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// How much longer than the server the client waits for a statement with a deadline of its own.
const MARGIN: Duration = Duration::from_secs(1);

/// A transaction on PostgreSQL, and the connection that it occupies. Dropped, it is rolled back: the ROLLBACK queues
/// behind whatever the dropped future had sent, and only then is the connection used again.
pub(crate) struct PostgresTx {
    lease: Lease,
    deadline: Duration,
}

impl PostgresTx {
    pub(super) async fn begin(mut lease: Lease) -> Result<Self> {
        // From here on: if this future is dropped, BEGIN may have been sent.
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

    /// Gives each later statement of this transaction so long, at the server as well.
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

    /// The connection, for statements that are no [`Sql`].
    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    /// # Errors
    /// [`crate::Error::Unavailable`] also when the change may have been made: nothing was heard of the outcome.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let sent = self.lease.client()?.batch_execute("COMMIT");
        self.lease.call("COMMIT, whose outcome is unknown", DEADLINE, sent).await?;
        (self.lease.cleanup, self.lease.is_long) = ("", false);
        Ok(())
    }
}
