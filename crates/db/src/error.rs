//! Database errors, distinguished as far as callers handle them differently.

use std::fmt::Write as _;

/// The result of every database call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A database failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique index refused the row. Holds `<table>_<column>_<column>`, which is also the index's name.
    #[error("unique index {0} refused the row")]
    Unique(String),
    /// A foreign key refused the change: the referenced row is missing, or the row is still referenced.
    #[error("a reference between rows refused the change")]
    Reference,
    /// Another transaction won (deadlock, serialisation) or the engine is overloaded: a retry may succeed.
    #[error("database busy: {0}")]
    Busy(String),
    /// The server, its disk or the connection to it failed: a retry may succeed. After a COMMIT, it is unknown whether
    /// the change was made.
    #[error("database unavailable: {context}")]
    Unavailable {
        /// The operation, and what failed.
        context: String,
        /// The driver's error; `None` if no response arrived.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A row does not have the shape its type claims.
    #[error("statement {statement}: column {column} cannot be read as {expected}")]
    Shape {
        /// Name of the statement's constant.
        statement: &'static str,
        /// Name of the column in the row type.
        column: &'static str,
        /// Column type that was expected.
        expected: &'static str,
    },
    /// The configuration names a database that cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// Any other failure.
    #[error("{context}")]
    Other {
        /// The operation that failed.
        context: String,
        /// The driver's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Returns whether the unique index of this name refused the row.
    pub fn is_unique(&self, index: &str) -> bool {
        matches!(self, Self::Unique(name) if name == index)
    }

    pub(crate) fn shape<R: crate::row::Row>(statement: &'static str, column: usize) -> Self {
        let spec = R::spec().into_iter().nth(column);
        let expected = spec.map_or("nothing", |spec| spec.kind.name());
        Self::Shape { statement, column: spec.map_or("?", |spec| spec.name), expected }
    }

    pub(crate) fn unavailable(
        context: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let (mut context, source) = (context.into(), source.into());
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(source.as_ref());
        while let Some(error) = cause {
            let _ = write!(context, ": {error}");
            cause = error.source();
        }
        Self::Unavailable { context, source: Some(source) }
    }

    /// Creates [`Error::Unavailable`] for a call without a response from the database.
    pub(crate) fn lost(context: impl Into<String>) -> Self {
        Self::Unavailable { context: context.into(), source: None }
    }

    pub(crate) fn other(
        context: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let (context, source) = (context.into(), source.into());
        Self::Other { context: format!("{context}: {source}"), source }
    }
}
