//! Classifies driver errors: the error for the caller, and whether the connection can still be used.
//!
//! The SQLSTATE class decides, as grouped in PostgreSQL's documentation (Appendix A).

use tokio_postgres::error::{Severity, SqlState};

use crate::Error;

/// Scope of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only the statement failed; the connection stays usable.
    Statement,
    /// The connection must not be used again.
    Connection,
    /// No connection opened so far may be used again: the server no longer takes writes.
    Server,
}

/// An error and its scope.
pub(super) struct Fault {
    pub(super) error: Error,
    pub(super) reach: Reach,
}

/// Kind of the error that the caller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unique,
    Reference,
    Busy,
    Unavailable,
    Other,
}

/// Classifies an error of the driver.
pub(super) fn fault(context: &str, error: tokio_postgres::Error) -> Fault {
    let Some(answer) = error.as_db_error() else { return without_answer(context, error) };
    let is_fatal = matches!(answer.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
    let (kind, reach) = judged(answer.code(), is_fatal);
    let error = match kind {
        Kind::Unique => Error::Unique(answer.constraint().unwrap_or_default().to_owned()),
        Kind::Reference => Error::Reference,
        Kind::Busy => Error::Busy(format!("{context}: {}", answer.message())),
        Kind::Unavailable => Error::unavailable(context, error),
        Kind::Other => Error::other(format!("{context}: {}", answer.message()), error),
    };
    Fault { error, reach }
}

/// Converts a driver error for code that does not run its statements through a [`Lease`](super::lease::Lease).
pub(crate) fn failure(context: &str, error: tokio_postgres::Error) -> Error {
    fault(context, error).error
}

/// Classifies an error that the server did not send: the connection was lost, or the call was invalid.
fn without_answer(context: &str, error: tokio_postgres::Error) -> Fault {
    let source = std::error::Error::source(&error);
    let io = source.and_then(|source| source.downcast_ref::<std::io::Error>());
    // The driver reports a value that the protocol cannot carry as invalid input.
    let is_lost = error.is_closed() || io.is_some_and(|io| io.kind() != std::io::ErrorKind::InvalidInput);
    if !is_lost {
        return Fault { error: Error::other(context, error), reach: Reach::Statement };
    }
    let context = format!("{context}: the connection to PostgreSQL was lost");
    Fault { error: Error::unavailable(context, error), reach: Reach::Connection }
}

fn judged(code: &SqlState, is_fatal: bool) -> (Kind, Reach) {
    let class = code.code().get(..2).unwrap_or_default();
    let (kind, reach) = match *code {
        SqlState::UNIQUE_VIOLATION => (Kind::Unique, Reach::Statement),
        SqlState::FOREIGN_KEY_VIOLATION => (Kind::Reference, Reach::Statement),
        // A conflict with another transaction, or one of the timeouts that every connection sets for itself.
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED => (Kind::Busy, Reach::Statement),
        // A standby, or a primary that was demoted.
        SqlState::READ_ONLY_SQL_TRANSACTION => (Kind::Unavailable, Reach::Server),
        // The prepared statement is stale: its tables or its server have been replaced.
        SqlState::FEATURE_NOT_SUPPORTED | SqlState::INVALID_SQL_STATEMENT_NAME => {
            (Kind::Unavailable, Reach::Connection)
        }
        _ => match class {
            // Insufficient resources: the disk is full, too many connections.
            "53" => (Kind::Unavailable, Reach::Statement),
            // Connection exceptions, operator intervention, system errors.
            "08" | "57" | "58" => (Kind::Unavailable, Reach::Connection),
            _ => (Kind::Other, Reach::Statement),
        },
    };
    // After FATAL the server closes the connection, whatever the reason.
    match (is_fatal, reach) {
        (true, Reach::Statement) => (if kind == Kind::Other { Kind::Unavailable } else { kind }, Reach::Connection),
        _ => (kind, reach),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes from PostgreSQL's list of error codes.
    #[test]
    fn the_sqlstate_decides() {
        let judged = |code: &str| super::judged(&SqlState::from_code(code), false);
        for code in ["08000", "08003", "08006", "57P01", "57P02", "57P03", "57P05", "58000", "58030", "58P01"] {
            assert_eq!(judged(code), (Kind::Unavailable, Reach::Connection), "{code}");
        }
        for code in ["53000", "53100", "53200", "53300", "53400"] {
            assert_eq!(judged(code), (Kind::Unavailable, Reach::Statement), "{code}");
        }
        for code in ["40001", "40P01", "55P03", "57014"] {
            assert_eq!(judged(code), (Kind::Busy, Reach::Statement), "{code}");
        }
        assert_eq!(judged("25006"), (Kind::Unavailable, Reach::Server));
        for code in ["0A000", "26000"] {
            assert_eq!(judged(code), (Kind::Unavailable, Reach::Connection), "{code}");
        }
        assert_eq!(judged("23505"), (Kind::Unique, Reach::Statement));
        assert_eq!(judged("23503"), (Kind::Reference, Reach::Statement));
        for code in ["22001", "22P05", "23502", "42601", "42P01", "XX000"] {
            assert_eq!(judged(code), (Kind::Other, Reach::Statement), "{code}");
        }
    }

    #[test]
    fn after_fatal_the_connection_is_gone() {
        for code in ["25P03", "28P01", "3D000", "53300", "XX000"] {
            let (kind, reach) = super::judged(&SqlState::from_code(code), true);
            assert_eq!((kind, reach), (Kind::Unavailable, Reach::Connection), "{code}");
        }
    }
}
