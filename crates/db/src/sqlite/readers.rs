//! The connections that read, and the one that writes beside them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::connection;
use super::writer::{SqliteTx, Writer};
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// An open SQLite database.
#[derive(Clone)]
pub(crate) struct Sqlite {
    readers: Arc<Readers>,
    writer: Writer,
}

/// Idle read connections. A read takes one, or opens one more: there are never more than threads that read.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    keep: usize,
}

impl Sqlite {
    pub(crate) fn open(path: PathBuf, keep: usize) -> Result<Self> {
        let writer = Writer::open(&path)?;
        Ok(Self { readers: Arc::new(Readers { path, idle: Mutex::default(), keep: keep.max(1) }), writer })
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTx> {
        self.writer.begin().await
    }

    pub(crate) fn rows<R: Row>(&self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        self.readers.with(|reader| connection::rows(reader, sql, params))
    }

    /// Runs `work` with a read connection, inline.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.readers.with(work)
    }

    /// Runs `work` with the write connection while no transaction is open.
    pub(crate) async fn exclusive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.exclusive(work).await
    }

    pub(crate) async fn close(&self) {
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.writer.close().await;
    }
}

impl Readers {
    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = idle.map_or_else(|| connection::reader(&self.path), Ok)?;
        let result = work(&reader);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.keep {
            idle.push(reader);
        }
        result
    }
}
