//! The limits that each connection sets for itself at the server.
//!
//! They are shorter than the client's deadline: an answer that says why a statement was ended arrives before the
//! connection is taken for dead, and a statement whose client has gone away does not run on.

use super::lease::DEADLINE;

/// How much earlier the server gives up, in milliseconds.
const EARLIER_MS: u128 = 500;

/// A transaction that sends nothing for so long is ended: its locks keep other nodes waiting.
const IDLE_IN_TRANSACTION_MS: u128 = 30_000;

/// The statements that set the limits; those that the URL's `options` set stay as they are.
pub(super) fn limits(options: &str) -> String {
    let statement = DEADLINE.as_millis() - EARLIER_MS;
    let limits = [
        ("statement_timeout", statement),
        // Told apart from a slow statement.
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
