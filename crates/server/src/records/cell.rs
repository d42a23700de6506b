//! Cells of a CSV file. A spreadsheet evaluates a cell that begins with one of a few characters as a formula, so such a
//! cell is prefixed with an apostrophe, which is removed when the file is read. A cell that already has such a prefix
//! gets another apostrophe, so that the round trip is lossless.

/// Returns the cell as it is written to a file.
pub fn guarded(text: &str) -> String {
    if would_run(text) { format!("'{text}") } else { text.to_owned() }
}

/// Returns the original text of a cell that was read from a file.
pub fn meant(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if would_run(rest) => rest,
        _ => text,
    }
}

/// Returns whether a spreadsheet would evaluate the text, without leading apostrophes, as a formula.
fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::{guarded, meant};

    #[test]
    fn formulas_are_guarded_and_nothing_is_lost() {
        for (text, written) in [
            ("plain", "plain"),
            ("", ""),
            ("a=b", "a=b"),
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@cmd", "'@cmd"),
            ("\tx", "'\tx"),
            ("'=1", "''=1"),
            ("''+", "'''+"),
            ("'quoted'", "'quoted'"),
        ] {
            assert_eq!(guarded(text), written, "{text:?}");
            assert_eq!(meant(written), text, "{written:?}");
        }
    }
}
