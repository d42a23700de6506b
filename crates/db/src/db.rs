//! Entry points to a database: [`Db`] for single statements, [`Tx`] for changes, [`Query`] for code that serves both.

use std::path::PathBuf;
use std::time::Duration;

use crate::Error;
use crate::error::Result;
use crate::one_at_a_time::{Holder, assert_free};
use crate::postgres::{Postgres, PostgresTx};
use crate::row::Row;
use crate::sqlite::{Sqlite, SqliteTx};
use crate::statement::Sql;
use crate::value::Value;

/// Database engine of a [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in a local file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// Location of the database, and the number of connections to keep.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:PATH` or a PostgreSQL URL as libpq reads it; see [`crate::check_postgres_url`].
    pub url: String,
    /// Number of read connections that SQLite keeps open between reads.
    pub sqlite_readers: usize,
    /// Maximum number of connections to PostgreSQL.
    pub postgres_connections: usize,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) inner: Inner,
}

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A transaction. It is rolled back if dropped without [`Tx::commit`].
pub struct Tx {
    inner: TxInner,
    /// Dropped after `inner`, which owns the connection.
    holder: Holder,
    afterwards: Vec<Box<dyn FnOnce() + Send>>,
    /// Names that [`Tx::is_first`] was called with.
    firsts: Vec<&'static str>,
}

#[expect(clippy::large_enum_variant, reason = "one per transaction, and never stored")]
enum TxInner {
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
}

/// Executes statements: `&Db`, or `&mut Tx` inside a transaction.
pub trait Query: Sized + Send {
    /// Returns every row.
    fn rows<R: Row>(self, sql: &Sql<R>, params: &[Value<'_>]) -> impl Future<Output = Result<Vec<R>>> + Send;

    /// Returns the number of rows changed by a statement that returns none.
    fn execute(self, sql: &Sql<()>, params: &[Value<'_>]) -> impl Future<Output = Result<u64>> + Send;

    /// Returns the first row, if any.
    fn row<R: Row>(self, sql: &Sql<R>, params: &[Value<'_>]) -> impl Future<Output = Result<Option<R>>> + Send {
        async move { Ok(self.rows(sql, params).await?.into_iter().next()) }
    }
}

impl Db {
    /// Opens the database. A missing SQLite file is created; a PostgreSQL server must be reachable.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let inner = if let Some(path) = settings.url.strip_prefix("sqlite:") {
            Inner::Sqlite(Sqlite::open(PathBuf::from(path), settings.sqlite_readers)?)
        } else if settings.url.starts_with("postgres://") || settings.url.starts_with("postgresql://") {
            Inner::Postgres(Postgres::open(&settings.url, settings.postgres_connections).await?)
        } else {
            return Err(Error::Configuration("the database URL must start with sqlite: or postgres://".to_owned()));
        };
        Ok(Self { inner })
    }

    /// Returns the database engine.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a transaction. On PostgreSQL its reads see what other transactions have committed; `FOR UPDATE` locks a
    /// row that will be changed. On SQLite one transaction runs at a time.
    pub async fn begin(&self) -> Result<Tx> {
        assert_free();
        let inner = match &self.inner {
            Inner::Sqlite(sqlite) => TxInner::Sqlite(sqlite.begin().await?),
            Inner::Postgres(postgres) => TxInner::Postgres(postgres.begin().await?),
        };
        Ok(Tx { inner, holder: Holder::register(), afterwards: Vec::new(), firsts: Vec::new() })
    }

    /// Fails if the database takes no writes, such as a standby or a file on a full disk. Has a deadline, even while
    /// others write.
    pub async fn accepts_writes(&self) -> Result<()> {
        assert_free();
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.accepts_writes().await,
            Inner::Postgres(postgres) => postgres.accepts_writes().await,
        }
    }

    /// Waits for writes in flight and releases the database. Later calls fail.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.close().await,
            Inner::Postgres(postgres) => postgres.close(),
        }
    }
}

impl Tx {
    /// Locks a name until this transaction ends, for values that must be unique across columns, which no index can
    /// enforce. Callers that lock several names must do so in sorted order, to avoid deadlocks. Does nothing on SQLite,
    /// where one transaction runs at a time.
    pub async fn hold(&mut self, name: &str) -> Result<()> {
        match &mut self.inner {
            TxInner::Sqlite(_) => Ok(()),
            TxInner::Postgres(tx) => tx.hold(name).await,
        }
    }

    /// Sets the deadline of each later statement in this transaction, in place of the usual 5 s: for changes of a whole
    /// realm. Statements on SQLite have no deadline.
    pub async fn set_deadline(&mut self, deadline: Duration) -> Result<()> {
        match &mut self.inner {
            TxInner::Sqlite(_) => Ok(()),
            TxInner::Postgres(tx) => tx.set_deadline(deadline).await,
        }
    }

    /// Runs `work` once the change is durable, and never if the transaction is not committed. It must be quick, since
    /// the committing caller waits for it.
    pub fn afterwards(&mut self, work: impl FnOnce() + Send + 'static) {
        self.afterwards.push(Box::new(work));
    }

    /// Returns whether this is the first call with this name in the transaction: for a step that must happen only once,
    /// whichever code reaches it first.
    pub fn is_first(&mut self, name: &'static str) -> bool {
        let is_first = !self.firsts.contains(&name);
        if is_first {
            self.firsts.push(name);
        }
        is_first
    }

    /// Makes the change durable; returns after it is on disk.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await,
        }?;
        drop(self.holder);
        self.afterwards.into_iter().for_each(|work| work());
        Ok(())
    }
}

impl Query for &Db {
    async fn rows<R: Row>(self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        assert_free();
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.rows(sql, params),
            Inner::Postgres(postgres) => postgres.rows(sql, params).await,
        }
    }

    /// Runs the statement in a transaction of its own.
    async fn execute(self, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
        let mut tx = self.begin().await?;
        let changed = tx.execute(sql, params).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

impl Query for &mut Tx {
    async fn rows<R: Row>(self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        match &mut self.inner {
            TxInner::Sqlite(tx) => tx.rows(sql, params),
            TxInner::Postgres(tx) => tx.rows(sql, params).await,
        }
    }

    async fn execute(self, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
        match &mut self.inner {
            TxInner::Sqlite(tx) => tx.execute(sql, params),
            TxInner::Postgres(tx) => tx.execute(sql, params).await,
        }
    }
}
