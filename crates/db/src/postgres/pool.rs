//! The pool of connections to one database.
//!
//! Guarantees: getting a connection has a deadline; a connection that is idle or alive for too long, or was opened
//! before the last missed deadline, is not handed out again.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod};
use tokio_postgres::NoTls;

use super::connection::rows;
use super::lease::{DEADLINE, Lease};
use super::session;
use super::tls;
use super::transaction::PostgresTx;
use super::trust::Trust;
use super::url::Address;
use crate::Error;
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Interval between searches for connections that are idle or alive for too long.
const SWEEP: Duration = Duration::from_secs(30);

const READ_ONLY: &str = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";

/// A pool of connections to one PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
    trust: Arc<Trust>,
    /// Longest time that a caller waits for a connection.
    patience: Duration,
}

impl Postgres {
    pub(crate) async fn open(url: &str, connections: usize) -> Result<Self> {
        let wrong = |why| Error::Configuration(format!("the PostgreSQL URL cannot be used: {why}"));
        let address = Address::parse(url).map_err(wrong)?;
        let patience = address.patience(DEADLINE);
        let limits: Arc<str> = session::limits(address.config.get_options().unwrap_or_default()).into();
        let manage = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if address.is_plain {
            Manager::from_config(address.config, NoTls, manage)
        } else {
            Manager::from_config(address.config, tls::connector(address.roots.as_deref())?, manage)
        };
        let trust = Arc::new(Trust::new());
        let judge = Arc::clone(&trust);
        let pool = Pool::builder(manager)
            .max_size(connections.max(1))
            .post_create(Hook::async_fn(move |client, _| {
                let limits = Arc::clone(&limits);
                Box::pin(async move { client.batch_execute(&limits).await.map_err(HookError::Backend) })
            }))
            .pre_recycle(Hook::sync_fn(move |_, metrics| {
                if judge.keeps(metrics) { Ok(()) } else { Err(HookError::message("no longer trusted")) }
            }))
            .build()
            .map_err(|e| Error::other("cannot make the connection pool", e))?;
        sweep(&pool, Arc::clone(&trust));
        let postgres = Self { pool, trust, patience };
        drop(postgres.lease().await?); // a wrong address or password shows at start, not at the first request
        Ok(postgres)
    }

    /// Returns a connection, opened if none is idle.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        match tokio::time::timeout(self.patience, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(Lease::new(connection, Arc::clone(&self.trust))),
            Ok(Err(PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)))) => {
                Err(Error::unavailable("cannot connect to PostgreSQL", error))
            }
            Ok(Err(error)) => Err(Error::unavailable("no connection to PostgreSQL", error)),
            Err(_) => Err(Error::Busy(format!(
                "no connection to PostgreSQL was opened or became free within {} s",
                self.patience.as_secs()
            ))),
        }
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTx> {
        PostgresTx::begin(self.lease().await?).await
    }

    pub(crate) async fn rows<R: Row>(&self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        rows(&self.lease().await?, DEADLINE, sql, params).await
    }

    /// Fails if the server takes no writes, and abandons the connections to it.
    pub(crate) async fn accepts_writes(&self) -> Result<()> {
        let lease = self.lease().await?;
        let client = lease.client()?;
        let query = async {
            let statement = client.prepare_cached(READ_ONLY).await?;
            client.query_one(&statement, &[]).await?.try_get::<_, bool>(0)
        };
        let is_read_only = lease.call("READ_ONLY", DEADLINE, query).await?;
        if !is_read_only {
            return Ok(());
        }
        lease.lose();
        Err(Error::lost("PostgreSQL takes no writes: it is a standby or set to read-only"))
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// Closes connections that are idle or alive for too long, for as long as the pool is open.
fn sweep(pool: &Pool, trust: Arc<Trust>) {
    let weak = pool.weak();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(SWEEP);
        loop {
            tick.tick().await;
            let Some(pool) = weak.upgrade().filter(|pool| !pool.is_closed()) else { return };
            drop(pool.retain(|_, metrics| trust.keeps(&metrics)));
        }
    });
}
