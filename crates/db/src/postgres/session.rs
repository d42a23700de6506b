//! Server-side timeouts that each connection sets for itself.
//!
//! They are shorter than the client's deadline: the error that explains why a statement was ended arrives before the
//! connection is considered dead, and a statement whose client is gone does not keep running.

use super::lease::DEADLINE;

/// Time by which the server's timeout precedes the client's, in milliseconds.
const EARLIER_MS: u128 = 500;

/// A transaction without a statement for this long is ended, since its locks keep other nodes waiting.
const IDLE_IN_TRANSACTION_MS: u128 = 30_000;

/// Returns the statements that set the timeouts, except those that the URL's `options` set.
pub(super) fn limits(options: &str) -> String {
    let statement = DEADLINE.as_millis() - EARLIER_MS;
    let limits = [
        ("statement_timeout", statement),
        // Shorter, to distinguish a lock wait from a slow statement.
        ("lock_timeout", statement - EARLIER_MS),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS),
    ];
    let own = limits.iter().filter(|(name, _)| !options.contains(name));
    own.map(|(name, milliseconds)| format!("SET {name} = {milliseconds};")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_the_url_sets_stays() {
        let limits = super::limits("");
        assert!(limits.contains("SET statement_timeout = 4500;") && limits.contains("SET lock_timeout = 4000;"));
        let limits = super::limits("-c statement_timeout=60000 -c search_path=a");
        assert!(!limits.contains("statement_timeout") && limits.contains("lock_timeout"), "{limits}");
    }
}
