//! Cells of a CSV file. A spreadsheet runs a cell as a formula that begins with one of a few characters, so an
//! apostrophe is put before it, and taken away again when the file is read. What already begins so gets one more, so that
//! nothing is lost on the way.

/// The cell as it is written.
pub fn guarded(text: &str) -> String {
    if would_run(text) { format!("'{text}") } else { text.to_owned() }
}

/// The cell as it was meant.
pub fn meant(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if would_run(rest) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet takes it for a formula, once apostrophes are off.
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
